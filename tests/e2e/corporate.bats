#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A company's network: a CA of its own, and a proxy that is the only way out.

# shellcheck disable=SC2030,SC2031 # a test is a subshell
# shellcheck disable=SC2154 # service.bash sets url, tls_url, proxy

load service

setup() {
  setup_folder
  command -v openssl >/dev/null || skip "openssl is not installed"
  good_leads 5
  unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY SSL_CERT_FILE CURL_CA_BUNDLE
  start_sandbox
  user="agent"
  password="$SECRET_MARK-of-the-proxy"
}

teardown() {
  stop_tls_proxy
  stop_sandbox
}

@test "a CA of one's own is named by --ca-file or SSL_CERT_FILE; without it nothing is sent" {
  start_tls_proxy
  export CHAKRA_BASE_URL=$tls_url
  run_split csv2chakra import leads.yaml leads.csv
  expect_status 4
  in_file err 'the certificate is not trusted'
  in_file err '--ca-file'
  [ "$(held | wc -l)" -eq 0 ]
  # The variable of the curl program is not read.
  CURL_CA_BUNDLE=ca.pem run_split csv2chakra doctor
  expect_status 4
  run_split csv2chakra import --again --ca-file ca.pem leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 5 ]
  SSL_CERT_FILE=ca.pem run_split csv2chakra doctor
  expect_status 0
  in_file out 'setting     ca-file: ca.pem, from SSL_CERT_FILE in the environment'
  # The option counts more, and a file that is not there is said.
  SSL_CERT_FILE=nothing run_split csv2chakra doctor --ca-file ca.pem
  expect_status 0
  SSL_CERT_FILE=nothing run_split csv2chakra import --again leads.yaml leads.csv
  expect_status 2
  in_file err "unable to open CA file 'nothing'"
}

@test "all goes through the proxy that https_proxy names, with its user and password, which nobody is told" {
  start_tls_proxy "$user:$password"
  export CHAKRA_BASE_URL=https://chakra.example.invalid SSL_CERT_FILE=ca.pem
  https_proxy="http://$user:$password@$proxy" run_split csv2chakra import -vv leads.yaml leads.csv
  expect_status 0
  [ "$(held | wc -l)" -eq 5 ]
  [ "$(sort -u tls_log)" = 'CONNECT chakra.example.invalid:443' ]
  ! grep -rlaF "$password" out err runs || return 1
  rm tls_log
  # Capitals, the one for all, a port.
  for variable in HTTPS_PROXY all_proxy ALL_PROXY; do
    run_split env "$variable=http://$user:$password@$proxy" csv2chakra doctor --base-url https://chakra.example.invalid:8443
    expect_status 0
  done
  [ "$(sort tls_log | uniq -c | tr -s ' ')" = ' 3 CONNECT chakra.example.invalid:8443' ]
  ALL_PROXY=http://127.0.0.1:1 https_proxy="http://$user:$password@$proxy" run_split csv2chakra doctor
  expect_status 0
}

@test "a proxy that refuses the password is named, without it" {
  start_tls_proxy "$user:$password"
  export CHAKRA_BASE_URL=https://chakra.example.invalid SSL_CERT_FILE=ca.pem
  https_proxy="http://$user:$password-wrong@$proxy" run_split csv2chakra import -vv leads.yaml leads.csv
  expect_status 4
  in_file err 'the proxy answered HTTP 407'
  ! grep -rlaF "$password" out err runs || return 1
  [ "$(held | wc -l)" -eq 0 ]
}

@test "hosts of no_proxy, and this machine, are reached without it" {
  start_tls_proxy "$user:$password"
  export SSL_CERT_FILE=ca.pem https_proxy="http://$user:$password@$proxy"
  run_split csv2chakra import --base-url "$tls_url" leads.yaml leads.csv
  expect_status 0
  [ "$(sort -u tls_log)" = direct ]
  rm tls_log
  for list in chakra.example.invalid .example.invalid 'other, example.invalid' '*'; do
    no_proxy=$list run_split csv2chakra doctor --base-url https://chakra.example.invalid
    expect_status 4
    in_file out 'Could not resolve host'
  done
  NO_PROXY=chakra.example.invalid run_split csv2chakra doctor --base-url https://chakra.example.invalid
  expect_status 4
  [ ! -e tls_log ]
  no_proxy=else.invalid run_split csv2chakra doctor --base-url https://chakra.example.invalid
  expect_status 0
}

@test "a proxy that opens TLS has to be trusted, too" {
  start_tls_proxy
  export CHAKRA_BASE_URL=https://chakra.example.invalid
  https_proxy=$proxy run_split csv2chakra import leads.yaml leads.csv
  expect_status 4
  in_file err 'the certificate is not trusted'
  https_proxy=http://$proxy run_split csv2chakra import --again --ca-file ca.pem leads.yaml leads.csv
  expect_status 0
}
