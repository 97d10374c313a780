package org.partyline.api.health;

import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Rates how hard a passphrase is to guess for someone who has the files. A service. */
@ProviderType
public interface PassphraseStrength {
    /** How long a passphrase resists one graphics card that tries each guess with the store's key derivation. */
    enum Grade {
        /** Days at the most. */
        WEAK,
        /** Months or years; not against many such cards. */
        FAIR,
        /** Longer than the machine. */
        STRONG
    }

    /**
     * The rating of a passphrase.
     *
     * @param grade how it is
     * @param advice one line: what is wrong and what to do, with nothing of the passphrase in it; empty where it is strong
     */
    record Rating(Grade grade, String advice) {}

    /** @param passphrase still the caller's to wipe; no copy stays */
    Rating rate(char[] passphrase);

    /**
     * Keeps how the store's passphrase was when it was set, sealed in the store; where that is locked, once it is open.
     *
     * @throws PartylineException when the store is unavailable
     */
    void remember(Grade grade) throws PartylineException;
}
