package org.partyline.api.web;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The permissions of a token. */
public enum Scope {
    /** Read status, conversations and messages. */
    READ,
    /** Send messages, which costs money. */
    SEND,
    /** See the wallet's balance and what was spent, and get addresses. */
    WALLET,
    /** Administer the server: status, nodes, checks and algorithms, and locking. */
    ADMIN;

    /** The word that people and programs use. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The scope of that word; empty if there is none. */
    public static Optional<Scope> ofWord(String word) {
        return Stream.of(values()).filter(scope -> scope.word().equals(word)).findFirst();
    }
}
