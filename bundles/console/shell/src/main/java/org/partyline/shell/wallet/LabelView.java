package org.partyline.shell.wallet;

/**
 * An address with its label.
 *
 * @param label the operator's own note
 */
record LabelView(String wallet, String network, String address, String label) {}
