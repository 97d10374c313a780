package org.partyline.storejdbc;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.WrongPassphraseException;
import org.partyline.testkit.LeakTiming;

/**
 * Whether an attempt with a passphrase reveals more than whether it is right. The derivation, which takes some tenths
 * of a second with any passphrase, is replaced here: it would hide microseconds.
 */
@EnabledIfSystemProperty(named = "timing", matches = "true", disabledReason = "measured every night: -Dtiming=true")
class PassphraseTimingTest {
    private static final double FEW_MICROSECONDS = 20_000;

    private final SecureRandom random = new SecureRandom();
    private final QuickArgon2 derivation = new QuickArgon2();
    private final KeyWrap wrap;

    PassphraseTimingTest() throws StoreException {
        wrap = KeyWrap.wrap(new byte[32], "the right passphrase".toCharArray(), derivation, QuickArgon2.CHEAP, random)
                .withDuress("for the day of need!".toCharArray(), derivation, random);
    }

    private LeakTiming.Result compare(String what, String one, String other) {
        char[][] passphrases = {one.toCharArray(), other.toCharArray()};
        return LeakTiming.of(what, 1, kind -> {
            try (KeyWrap.Opened opened = wrap.open(passphrases[kind], derivation)) {
                return opened;
            } catch (WrongPassphraseException e) {
                return e;
            } catch (StoreException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aWrongPassphraseDoesNotTellHowMuchOfItIsRight() {
        assertFalse(compare("wrong passphrases", "the right passphrasE", "xyz other words, all")
                .leaks());
    }

    @Test
    void aWrongPassphraseTakesAsLongAsTheRightOne() {
        LeakTiming.Result result =
                compare("right and wrong passphrase", "the right passphrase", "the right passphrasE");
        assertTrue(Math.abs(result.nanos()) < FEW_MICROSECONDS, result.toString());
    }

    @Test
    void theDuressPassphraseTakesAsLongAsTheRightOne() {
        LeakTiming.Result result =
                compare("right and duress passphrase", "the right passphrase", "for the day of need!");
        assertTrue(Math.abs(result.nanos()) < FEW_MICROSECONDS, result.toString());
    }
}
