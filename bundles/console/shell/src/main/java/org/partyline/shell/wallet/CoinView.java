package org.partyline.shell.wallet;

record CoinView(String outpoint, long amountSat, int confirmations) {}
