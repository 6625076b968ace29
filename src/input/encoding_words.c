/* SPDX-License-Identifier: MIT */
/*
 * Made by hand from general knowledge of each language's spelling: first
 * names, surnames, places, and words used in tables and letters. No
 * list was copied. What counts is which letters stand beside which, so each
 * letter beyond ASCII is in several words, and words in all capitals are not
 * needed: pairs are counted in lower case.
 */
#include "encoding_words.h"

static const struct encoding_language LANGUAGES[] = {
    {"German", "de",
	"müller schröder krüger jürgen günther björn jörg böhm köhler "
	"könig schäfer jäger bäcker krämer größe straße weiß groß strauß "
	"köln münchen düsseldorf nürnberg würzburg zürich österreich lübeck "
	"göttingen tübingen saarbrücken gießen für über können möchte "
	"müssen früh grün süd büro prüfung fünf zwölf hälfte männer mädchen "
	"länder äpfel ähnlich geschäft gebäude häuser räume verkäufe "
	"schlüssel grüße füße tür übung öffnen höhe größer schön böse "
	"tatsächlich zurück rückruf geschäftsführer käthe änne sören märz "
	"heißt spaß maß fuß schließen außen straßen"},
    {"French", "fr",
	"rené andré françois hélène jérôme benoît zoé chloé noël gaëlle "
	"anaïs joël stéphane frédéric cédric valérie sébastien éric élise "
	"émile étienne béranger gérard lévêque dupré côté château besançon "
	"orléans évreux nîmes béziers mâcon genève angoulême saint-étienne "
	"alençon à où même être très après février août décembre société "
	"numéro téléphone qualité libellé désignation règlement référence "
	"prénom célibataire marié créé payé envoyé reçu français garçon "
	"leçon façade tâche pâte bientôt hôtel hôpital forêt fenêtre tête "
	"fête maître naître île connaît sûr goûter mûr août œuvre cœur sœur "
	"père mère frère élève collège première dernière lumière problème "
	"règle siècle déjà là voilà maïs naïve égalité année journée clé "
	"employé café résumé employée"},
    {"Spanish", "es",
	"josé maría garcía martínez rodríguez gonzález lópez pérez sánchez "
	"ramírez gómez núñez muñoz ibáñez peña íñigo ángel ávila málaga "
	"cádiz león logroño coruña almería jaén andrés sofía raúl belén "
	"begoña iván jesús joaquín martín álvarez díaz hernández jiménez "
	"fernández suárez márquez año españa niño señor señora mañana "
	"compañía teléfono dirección número población código provincia días "
	"información también más está aquí después según último técnico "
	"público música página miércoles sábado categoría descripción país "
	"electrónico próximo médico lápiz árbol único útil pequeño diseño "
	"cañón montaña vergüenza pingüino razón sesión jardín café"},
    {"Portuguese", "pt",
	"joão josé antónio conceição simão sebastião luís inês mônica "
	"gonçalves magalhães guimarães araújo são paulo brasília goiânia "
	"maceió paraná évora setúbal não ação informação descrição endereço "
	"razão coração irmão mãe pão limão avó avô você três português "
	"inglês mês lâmpada câmera ônibus até café também número código "
	"país saída água óleo história família município órgão preço peça "
	"cabeça começar força licença situação observação região questão "
	"opções ações leões manhã irmã alemã maçã lençóis férias vitória "
	"glória césar márcio flávia júlia lúcia cláudio fábio patrícia"},
    {"Italian", "it",
	"nicolò niccolò forlì cantù città università qualità società età "
	"metà già più può però perché poiché caffè cioè è così lunedì "
	"martedì venerdì giovedì sarà verrà attività novità unità libertà "
	"virtù gioventù tribù menù andò portò parlò tornò né sé finché "
	"nonché comò località proprietà mezzogiorno papà bontà"},
    {"Dutch", "nl",
	"zoë daniël raphaël joëlle michaël andré renée coëfficiënt België "
	"Italië Australië efficiënt patiënt financiële industriële "
	"geïnteresseerd geïmporteerd coördinator coöperatie reünie "
	"ideeën zeeën drieëntwintig tweeëntwintig één vóór hé café "
	"crème enquête scène überhaupt oriëntatie cliënt ingrediënt"},
    {"Danish", "da",
	"søren jørgen bjørn kåre åse pål håkon øystein øyvind sørensen "
	"jørgensen mørk bjørnstad nordsjø tromsø bodø ålesund måløy århus "
	"aalborg helsingør køge næstved sæby æble ærø læge mælk væg år "
	"måned på små gård gården håndværk forår også både måske år når "
	"blå grå gå stå få må således række række nær lære være været "
	"først før større søn køb køber løn øl ø grøn rød sø smør brød "
	"spørgsmål forsøg bestået tørre høj kærlig træ fæ jævn færre hæve "
	"åben åbne åge åsen råd våd båd låge ørsted østergård kjær"},
    {"Swedish", "sv",
	"göran björn åke åsa märta sjöberg lindström bergström sjögren "
	"åkesson nyström öberg löfgren malmö göteborg västerås växjö örebro "
	"östersund luleå umeå linköping norrköping jönköping skellefteå "
	"år på så då också många måndag lördag söndag från för före över "
	"här där när är bär läs väg säga städa hälsa kött smör större "
	"köpa kök dörr hög röd grön blå grå småland åtta ålder åter "
	"länge människa lägenhet värld ändra ärende östra öppna önskar "
	"beställning försäljning företag gäller därför själv hjälp"},
    {"Finnish", "fi",
	"hämäläinen mäkinen mäkelä väisänen leppänen jääskeläinen "
	"väinö yrjö mäki jyväskylä hämeenlinna mikkeli seinäjoki "
	"määrä päivä hyvä tämä nämä mitä ääni sähköposti yhteensä käyttö "
	"lähetys maksettu näyttö työ yö syödä tyttö mökki kylä järvi metsä "
	"hän että myös välillä sisältö käsittely keskiviikko pöytä tyhjä "
	"näin vielä eräpäivä henkilö lääkäri äiti isä pää sää hää jää"},
    {"Icelandic", "is",
	"guðmundur sigurður þór þórður jón björn ólafur guðrún sigríður "
	"kristín jóhanna þóra ásdís ísafjörður akureyri reykjavík kópavogur "
	"hafnarfjörður það þetta þú við með verð borð maður góður góðan "
	"dagur ágúst október síðasta ár mánuður fjörður vík eyjafjörður "
	"útgáfa ísland þingvellir þjóð ýmis nýr lýsing sýna hús bær sæti "
	"læknir mæla æska höfn nöfn öll kvöld örn sjór snjór ólöf"},
    {"Catalan", "ca",
	"núria lluís jordi mònica àngels barça plaça força raó estació "
	"informació adreça número població més també aquí això allò "
	"català català francès anglès només però què perquè sí fàcil "
	"difícil màquina telèfon països veïns cafè música pàgina història "
	"gràcies sóc són té vostè col·legi paral·lel il·lustració puig güell"},
    {"English", "en",
	"café naïve fiancée résumé zoë chloë brontë cliché décor façade "
	"entrée exposé née renée beyoncé josé andré siân seán sinéad "
	"pádraig ó máire róisín ciarán niamh dáil éire"},
    {"Estonian", "et",
	"jõgeva põlva võru pärnu tõnu jüri ülle ülo õie mäe mägi kõiv lõhmus "
	"tõll pärn sõber põld rõõm õun öö töö küla üks kaks nõmme võib "
	"kõik hüva täna päev käik väike küsimus müük müüa tüdruk šokolaad "
	"žanr öelda räägib äri juhtimine põhja lõuna hõbe võti"},
    {"Polish", "pl",
	"łukasz michał paweł stanisław małgorzata bożena grażyna żaneta "
	"kowalczyk wójcik kamiński zieliński szymański woźniak dąbrowski "
	"kozłowski jabłoński wiśniewska piętak król wróbel łódź kraków "
	"gdańsk poznań wrocław białystok częstochowa rzeszów toruń świdnica "
	"zielona góra są się być był była już także też również może który "
	"która ulica imię nazwisko miejscowość wartość ilość data płatności "
	"sprzedaż należność książka zwrot źródło źle późno więcej część "
	"kość gość ość środa piątek październik grudzień sierpień wrzesień "
	"ćwiczenie mówić żółty pięć dziewięć sześć dwadzieścia zł ząb ręka "
	"święto wąż mąż łąka jeść miód córka ósmy spółka usługa główna "
	"stołek jagiełło mieć zażalenie oświęcim żywiec"},
    {"Czech", "cs",
	"jiří tomáš lukáš ondřej matěj vojtěch zdeněk václav františek "
	"novák dvořák černý procházka kučera veselý horák němec pokorný "
	"růžička beneš fiala sedláček doležal hájek čermák kovář šťastný "
	"nováková svobodová příjmení jméno město ulice číslo částka měsíc "
	"plzeň ostrava liberec olomouc hradec králové české budějovice "
	"děčín třebíč žďár přerov třinec příbram dítě také že když může "
	"být není před přes při více méně dům stůl kůň průměr důvod úterý "
	"středa čtvrtek pátek březen květen červen září říjen únor leden "
	"pět devět šest děkuji žádost úřad účet úhrada věc člověk svět řeka "
	"ještě těžký běh loď šťáva ťuk zeď kuře říše zákazník křižovatka"},
    {"Slovak", "sk",
	"ján jozef peter štefan juraj ľubomír ľudovít mária zuzana kováč "
	"horváth varga nagy balážová žilina košice prešov nitra trenčín "
	"banská bystrica poprad martin trnava bratislava dušan vlčák kôň "
	"stôl môj nôž vôňa mäso päť deväť deň týždeň mesiac marec apríl máj "
	"jún júl október číslo dátum poštové smerovacie množstvo názov "
	"ulica veľký malý ľudia škola učiteľ riaditeľ zákazník účet úrad "
	"tiež už však ktorý môže byť ďakujem ďalší žltý tŕň vŕba dĺžka stĺp "
	"ŕ hľadať časť mať vedieť ísť šťastie kráľ soľ"},
    {"Hungarian", "hu",
	"józsef istván lászló gábor zoltán péter tamás mátyás ákos ödön "
	"erzsébet zsófia ágnes éva mária andrás jános károly györgy kálmán "
	"szabó tóth kovács horváth molnár németh farkas fehér fekete "
	"vörös török győr pécs debrecen szekszárd székesfehérvár kőszeg "
	"őrség üllő erdő idő nő fő első utolsó előző felső vevő szállító "
	"gyűjtő fűtő hűtő fű tű szűcs művész betű gyűrű könyv zöld sör bőr "
	"kör körút út utca név cím város összeg mennyiség fizetés érték és "
	"egyéb több öt kettő négy hétfő szerda csütörtök péntek szombat "
	"december július június március április különböző küldött "
	"ügyfél ügyintéző úr úton húsz tűzoltó lövő sűrű keserű kérdés"},
    {"Croatian", "hr",
	"šimun željko dražen zoran đorđe ivić marić kovačević babić jurić "
	"horvat petrović nikolić jovanović đurić šarić živković čačak "
	"niš šabac požarevac čakovec šibenik poreč županja đakovo varaždin "
	"ulica broj mjesto šifra količina cijena račun plaćanje narudžba "
	"kupac tvrđava rođen između također mlađi građanin što će već više "
	"može sljedeći četiri šest četvrtak siječanj veljača ožujak "
	"lipanj srpanj kuća sreća noć moć voće ćup božić križ žena riječ "
	"ljubljana mateja škofja žiga matjaž aleš tomaž črnomelj štajerska "
	"žalec krško celje košir oražem župančič prešeren učenec čas"},
    {"Romanian", "ro",
	"ştefan ţară bucureşti iaşi timişoara braşov piteşti târgu mureş "
	"constanţa ploieşti botoşani argeş bistriţa rădulescu brătianu "
	"ionuţ cătălin mădălina bogdan vlăduţ măriuca ilie mihăiţă "
	"şi să în între până după fără către când cât română români "
	"judeţ oraş stradă număr preţ valoare cantităţi adresă telefon "
	"împreună începe înainte îi îl sâmbătă mâine pâine câine mână "
	"păr văr măr casă masă fată apă viaţă faţă dimineaţă bărbat "
	"ţigănuş naştere căsătorit aşa acelaşi deşi totuşi uşă şase "
	"şapte paşaport înălţime plată plăţi furnizorăşi vânzări"},
    {"Romanian (comma)", "ro",
	"ștefan țară bucurești iași timișoara brașov pitești târgu mureș "
	"constanța ploiești botoșani argeș bistrița rădulescu brătianu "
	"ionuț cătălin mădălina vlăduț și să în între până după fără către "
	"când cât română români județ oraș stradă număr preț adresă "
	"împreună începe înainte sâmbătă mâine pâine păr casă masă apă "
	"viață față dimineață bărbat naștere căsătorit așa același deși "
	"ușă șase șapte plăți vânzări"},
    {"Latvian", "lv",
	"jānis pēteris mārtiņš kārlis līga ilzē bērziņš kalniņš ozoliņš "
	"zariņš liepiņa rīga jūrmala liepāja jelgava cēsis rēzekne ogre "
	"vārds uzvārds pilsēta iela numurs cena mēnesis gads šodien vēl "
	"kā tā šī ļoti ķekava ģirts ģimene ķīna aģentūra ņemt ziņa diena "
	"bērns mājas tālrunis rēķins līgums pārdošana piegāde klēpis "
	"pieci četri seši septiņi desmit žēl ēst ābols īss ūdens šķirne "
	"ļaudis ceļš brāļi zāļu kāļi paldies lūdzu būvēt darbība"},
    {"Lithuanian", "lt",
	"jonas petras kęstutis žilvinas giedrė jūratė ramunė birutė ąžuolas "
	"kazlauskienė stankevičius petrauskaitė šiauliai panevėžys alytus "
	"mažeikiai utena telšiai kėdainiai vardas pavardė miestas gatvė "
	"kiekis kaina mėnuo metų diena šiandien būti yra nėra taip pat "
	"ačiū prašom labą sąskaita užsakymas mokėti pirkėjas tiekėjas "
	"įmonė įrašas įvairūs į iš už žmogus žmonės vaikų moterų vyrų "
	"gražus mažas didelė šeši aštuoni ketvirtadienis šeštadienis "
	"rugsėjis gruodžio kovą liepą žemė ežeras upė ąsotis tėvas sūnus "
	"jūra tūkstantis siūlas kąsnis žąsis ranką galvą sūris"},
    {"Turkish", "tr",
	"ayşe fatma çiğdem gülşen gökhan özgür ömer oğuz doğan şahin "
	"yıldız yılmaz kılıç çelik öztürk aydın arslan doğru erdoğan "
	"şükrü çağla ışık ilknur istanbul izmir eskişehir diyarbakır "
	"şanlıurfa muğla aydın kırşehir niğde balıkesir çanakkale "
	"türkiye türk müşteri adı soyadı şehir ilçe sokak açıklama "
	"tutarı sayısı değer değil için çok güzel gün öğle öğretmen "
	"ağaç dağ bağ yağmur soğuk sağ büyük küçük üç dört beş altı "
	"yedi sekiz ağustos eylül kasım aralık şubat pazartesi salı "
	"çarşamba perşembe kadın erkek çocuk kız ılık ırmak hayır "
	"sipariş satış alış giriş çıkış geçiş yüzde şirket müdür görev "
	"İstanbul İzmir İlhan İbrahim İsmail İrem"},
    {"Greek", "el",
	"γεώργιος ιωάννης κωνσταντίνος δημήτριος νικόλαος μαρία ελένη "
	"αικατερίνη βασιλική σοφία παπαδόπουλος παπαδάκης οικονόμου "
	"γεωργίου δημητρίου αθήνα θεσσαλονίκη πάτρα ηράκλειο λάρισα "
	"βόλος ιωάννινα χανιά ρόδος κέρκυρα όνομα επώνυμο διεύθυνση "
	"πόλη τηλέφωνο ημερομηνία ποσό τιμή ποσότητα πελάτης και το "
	"της των στην από για με είναι έχει αυτό που δεν θα μας "
	"πληρωμή παραγγελία εταιρεία οδός αριθμός κωδικός ελλάδα "
	"σήμερα αύριο ιανουάριος φεβρουάριος δευτέρα τρίτη ψωμί ξένος "
	"ζωή χώρα ψάρι ύψος ϊ ευχαριστώ καλημέρα υπηρεσία"},
    {"Russian", "ru",
	"иван александр сергей дмитрий андрей алексей максим евгений "
	"михаил николай владимир юрий анна мария елена ольга наталья "
	"татьяна ирина екатерина светлана юлия иванов петров сидоров "
	"смирнов кузнецов попов васильев соколов михайлов новиков федоров "
	"морозова волкова москва санкт петербург новосибирск "
	"екатеринбург казань самара омск челябинск ростов уфа пермь "
	"воронеж волгоград фамилия имя отчество город улица дом "
	"адрес телефон номер дата сумма цена количество товар "
	"название описание заказ клиент оплата счет договор компания "
	"общество ограниченной ответственностью который только если "
	"быть это что как для при или ещё все его она они год время "
	"первый второй день работа жизнь человек большой хорошо "
	"спасибо пожалуйста январь февраль апрель июль сентябрь "
	"понедельник вторник четверг пятница щука подъезд объект "
	"рубль руб шт кг область район проспект"},
    {"Ukrainian", "uk",
	"олександр сергій андрій дмитро ігор юрій василь микола петро "
	"олена наталія тетяна оксана ірина світлана юлія шевченко "
	"коваленко бондаренко ткаченко кравченко олійник київ харків "
	"одеса дніпро львів запоріжжя вінниця полтава чернівці "
	"прізвище ім'я місто вулиця будинок адреса телефон номер "
	"дата сума ціна кількість назва опис замовлення клієнт "
	"оплата рахунок договір україна який тільки якщо бути це що "
	"як для або ще всі його вона вони рік час перший день "
	"робота життя людина великий добре дякую будь ласка січень "
	"лютий квітень липень вересень понеділок вівторок четвер "
	"п'ятниця її їжа їхати європа єдиний ґанок"},
    {"Bulgarian", "bg",
	"иван георги димитър петър николай стоян христо васил мария "
	"елена иванка димитрова петрова стоянов георгиев николов "
	"софия пловдив варна бургас русе стара загора плевен сливен "
	"име фамилия град улица номер телефон дата сума цена "
	"количество описание поръчка клиент плащане фирма дружество "
	"български който само ако това какво как за при или още "
	"всички него тя те година време първи ден работа живот човек "
	"голям добре благодаря моля януари март юли септември "
	"понеделник вторник четвъртък петък събота къща път съм "
	"ъгъл щастие ще общо площад"},
    {"Hebrew", "he",
	"משה דוד יוסף אברהם יעקב שרה רבקה רחל לאה מרים כהן לוי מזרחי "
	"פרץ ביטון ירושלים תל אביב חיפה באר שבע נתניה אשדוד שם משפחה "
	"פרטי כתובת עיר רחוב טלפון מספר תאריך סכום מחיר כמות לקוח "
	"הזמנה תשלום חברה של את על לא הוא היא זה עם או גם כל יום שנה "
	"ישראל תודה בוקר טוב ראשון שני שלישי ספר בית דרך עץ קיץ סוף"},
    {"Arabic", "ar",
	"محمد أحمد علي حسن حسين فاطمة عائشة خالد عبد الله إبراهيم "
	"يوسف مريم زينب عمر سعيد القاهرة الرياض بغداد دمشق بيروت "
	"عمان الكويت دبي الاسم اللقب العنوان المدينة الشارع الهاتف "
	"رقم تاريخ المبلغ السعر الكمية العميل الطلب الدفع الشركة "
	"في من على إلى هذا هذه التي الذي كان يوم سنة شكرا مرحبا "
	"العربية السعودية مصر الأول الثاني بيت طريق ذهب ثلاثة غرفة "
	"ظهر ضوء صباح شمس جديد قسم لبنان تونس المغرب"},
    {"Thai", "th",
	"สมชาย สมหญิง ประเสริฐ วิชัย สุดา มานะ ชูใจ กรุงเทพ เชียงใหม่ ภูเก็ต "
	"ขอนแก่น นครราชสีมา ชื่อ นามสกุล ที่อยู่ ถนน จังหวัด อำเภอ ตำบล "
	"โทรศัพท์ หมายเลข วันที่ จำนวน ราคา ลูกค้า สินค้า บริษัท จำกัด "
	"ประเทศไทย และ ของ ใน เป็น ไม่ ได้ ให้ มี การ ความ นี้ จาก แล้ว "
	"ขอบคุณ สวัสดี ครับ ค่ะ บ้าน คน ปี เดือน ผู้ ซื้อ ขาย เงิน บาท"},
};

const struct encoding_language *
encoding_languages(size_t *count)
{
	*count = sizeof(LANGUAGES) / sizeof(LANGUAGES[0]);
	return LANGUAGES;
}
