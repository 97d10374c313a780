package org.partyline.api.health;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Rates how hard a passphrase is to guess for someone who has the files. A service. */
@ProviderType
public interface PassphraseStrength {
    /** How long a passphrase resists one graphics card that tries each guess with the store's key derivation. */
    enum Grade {
        /** At most some days. */
        WEAK,
        /** Months or years, but not against many such cards. */
        FAIR,
        /** Longer than the machine lasts. */
        STRONG
    }

    /**
     * The rating of a passphrase.
     *
     * @param grade the grade
     * @param advice one line: what is wrong and what to do, without any part of the passphrase; empty if it is strong
     */
    record Rating(Grade grade, String advice) {}

    /** @param passphrase the caller wipes it; it is not copied */
    Rating rate(char[] passphrase);

    /**
     * Stores the grade of the store's passphrase when it was set, sealed in the store; if the store is locked, once it
     * is open.
     *
     * @throws PartylineException if the store is unavailable
     */
    void remember(Grade grade) throws PartylineException;
}
