package org.partyline.shell.store;

import org.partyline.api.secrets.Unattended.Source;

/** Formats the ways in which the store is opened. */
final class SecretsText {
    private SecretsText() {}

    /** Returns the end of a sentence that says what happens at startup. */
    static String source(Source source) {
        return switch (source) {
            case ASK -> "the store stays locked until partyline:unlock";
            case KEYRING -> "the store opens with its key from the system's keyring";
            case FILE -> "the store opens with its key from the secrets file";
            case CREDENTIAL -> "the store opens with the passphrase from the service manager";
        };
    }
}
