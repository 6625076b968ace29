/* SPDX-License-Identifier: MIT */
/*
 * Names that mean the same: English, German, French, Spanish, Italian and
 * Portuguese headers, and those of the tools that write them. Each without
 * accents, blanks and signs. A word of two meanings (state) stands nowhere.
 */
#include "field_match.h"

#include <stddef.h>
#include <string.h>

static const char *const fields[] = {
    "email|mail|emailaddress|mailaddress|emailadresse|mailadresse|correo|"
    "correoelectronico|courriel|adressemail|adresseemail|enderecodeemail",
    "firstname|givenname|forename|vorname|prenom|primernombre|primeironome",
    "lastname|surname|familyname|nachname|familienname|nomdefamille|apellido|"
    "apellidos|cognome|sobrenome",
    "fullname|name|contactname|contact|nomcomplet|nombrecompleto|nombre|"
    "nomecompleto|nome|kontakt|ansprechpartner",
    "phonenumber|phone|telephone|telephonenumber|tel|telefon|telefonnummer|"
    "telefonnr|telefono|numerodetelephone|telefone|phoneno",
    "mobile|mobilephone|mobilenumber|mobilephonenumber|cell|cellphone|handy|"
    "handynummer|mobil|mobiltelefon|movil|cellulare|celular|portable",
    "company|companyname|organisation|organization|accountname|firma|"
    "firmenname|"
    "unternehmen|societe|entreprise|empresa|azienda|associatedcompany|employer",
    "city|town|ort|stadt|wohnort|ville|ciudad|citta|cidade|localidad",
    "postalcode|zip|zipcode|postcode|plz|postleitzahl|pin|pincode|codepostal|"
    "codigopostal|cap|cep",
    "country|countryname|land|pays|pais|paese",
    "region|province|provinz|bundesland|county|provincia|regione|regiao",
    "address|street|streetaddress|adresse|anschrift|strasse|rue|direccion|"
    "calle|indirizzo|via|endereco|rua|mailingstreet",
    "notes|note|remark|remarks|comment|comments|bemerkung|bemerkungen|notiz|"
    "notizen|kommentar|anmerkung|remarque|remarques|commentaire|notas|nota|"
    "observaciones|comentarios|observacoes",
    "description|beschreibung|descripcion|descrizione|descricao",
    "subject|betreff|objet|asunto|oggetto|assunto",
    "priority|prioritat|prioritaet|priorite|prioridad|priorita|prioridade",
    "category|kategorie|categorie|categoria",
    "amount|betrag|summe|montant|importe|monto|importo|valor|dealvalue|"
    "dealamount|value",
    "currency|wahrung|waehrung|devise|moneda|valuta|moeda",
    "employees|numberofemployees|employeecount|headcount|mitarbeiter|"
    "mitarbeiterzahl|anzahlmitarbeiter|employes|empleados|dipendenti",
    "birthday|birthdate|dateofbirth|dob|born|geburtsdatum|geburtstag|geboren|"
    "datedenaissance|fechadenacimiento|datadinascita|datadenascimento",
    "createdat|created|createdate|createddate|creationdate|erstelltam|"
    "erstellt|angelegtam|creele|datedecreation|fechadecreacion|datacreazione",
    "joinedon|joined|joindate|joiningdate|signupdate|membersince|eintritt|"
    "eintrittsdatum",
    "duedate|dueon|due|falligam|faelligam|falligkeit|faelligkeit|liefertermin|"
    "echeance|vencimiento|scadenza|vencimento|deadline",
    "openedat|opened|openedon|geoffnetam",
    "orderdate|orderedon|ordered|bestelldatum|belegdatum|auftragsdatum",
    "date|datum|fecha",
    "source|leadsource|origin|quelle|herkunft|origen|origine|fonte|origem",
    "tags|tag|labels|label|schlagworte|schlagworter|etiquetas|etichette",
    "website|url|homepage|web|webseite|webpage|siteweb|sitioweb|sito|site",
    "score|leadscore|rating|punkte|punktzahl|bewertung|puntuacion|punteggio",
    "owner|contactowner|leadowner|assignee|assignedto|agent|clerk|bearbeiter|"
    "zustandig|proprietaire|propietario|responsable|responsabile",
    "iscustomer|customer|kunde|client|cliente",
    "customerno|customernumber|customerid|kundennr|kundennummer|numeroclient|"
    "numerocliente",
    "jobtitle|position|funktion|berufsbezeichnung|poste|cargo|puesto",
    "salutation|anrede|civilite|tratamiento",
    "leadid|leadref|leadno|leadnumber|leadnr|leadkey|id|recordid|externalid|"
    "reference|ref|referenz|kennung",
    "ticketid|ticketno|ticketnumber|ticketnr|caseno|caseid|casenumber|"
    "vorgangsnummer",
    "visitid|visitno|visitnumber|besuchsnr",
    "orderid|orderno|ordernumber|ordernr|belegnr|belegnummer|auftragsnr|"
    "auftragsnummer|bestellnummer|numerodecommande|numerodepedido",
    "transactionid|transactionno|transactionref|buchungsnr|txid",
    "latitude|lat|breitengrad|latitud|latitudine",
    "longitude|lon|lng|long|langengrad|longitud|longitudine",
    "net|netto|nettobetrag|netamount|montantht|neto",
    "gross|brutto|bruttobetrag|grossamount|montantttc|bruto",
    "vat|vatrate|mwst|mehrwertsteuer|ust|umsatzsteuer|tva|iva|tax|taxrate",
    "kind|type|art|typ|belegart|tipo",
    "balance|saldo|kontostand|solde",
    "attempts|versuche|tentatives|intentos",
};

static const char *const states[] = {
    "new|neu|nouveau|nuevo|nuovo|novo|notstarted|created|received",
    "open|offen|ouvert|abierto|aperto|aberto|active|aktiv",
    "contacted|kontaktiert|contacte|contactado|contattato|attempted|reached",
    "inprogress|progress|inbearbeitung|working|workinprogress|encours|"
    "enproceso|encurso|incorso|emandamento|pending|ongoing",
    "qualified|qualifiziert|qualifie|calificado|cualificado|qualificato",
    "notinterested|keininteresse|unqualified|nichtinteressiert|disqualified|"
    "pasinteresse|nointeresado",
    "converted|won|closedwon|gewonnen|gagne|ganado|vinto|ganho|konvertiert|"
    "customer",
    "lost|closedlost|verloren|perdu|perdido|perso",
    "onhold|hold|paused|waiting|wartend|wartet|zuruckgestellt|enattente|"
    "enespera|inattesa",
    "resolved|solved|gelost|geloest|resolu|resuelto|risolto|resolvido",
    "closed|geschlossen|ferme|cerrado|chiuso|fechado",
    "done|erledigt|finished|completed|complete|fertig|abgeschlossen|termine|"
    "terminado|completato|concluido",
    "cancelled|canceled|storniert|abgebrochen|annule|cancelado|annullato",
    "planned|scheduled|geplant|planifie|planificado|pianificato",
    "missed|verpasst|manque|perdida",
};

static bool
has_word(const char *group, struct text word)
{
	while (*group != '\0') {
		struct text one = {group, strcspn(group, "|")};

		if (text_equal(one, word))
			return true;
		group += one.len + (group[one.len] == '|');
	}
	return false;
}

static bool
same_group(
    const char *const *groups, size_t count, struct text a, struct text b)
{
	for (size_t i = 0; i < count; i++)
		if (has_word(groups[i], a) && has_word(groups[i], b))
			return true;
	return false;
}

bool
field_words_same(struct text a, struct text b)
{
	return same_group(fields, sizeof(fields) / sizeof(fields[0]), a, b);
}

bool
state_words_same(struct text a, struct text b)
{
	return same_group(states, sizeof(states) / sizeof(states[0]), a, b);
}
