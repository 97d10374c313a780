package org.partyline.shell.wallet;

/** @param label the operator's own note */
record LabelView(String wallet, String network, String address, String label) {}
