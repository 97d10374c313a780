package org.partyline.doctor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.PassphraseStrength.Grade;
import org.partyline.api.health.PassphraseStrength.Rating;
import org.partyline.testkit.MemoryStore;

/** A passphrase is rated when it is set; later only the grade is known. */
class GuessingStrengthTest {
    private final GuessingStrength strength = new GuessingStrength();

    private Grade grade(String passphrase) {
        return strength.rate(passphrase.toCharArray()).grade();
    }

    @Test
    void whatIsGuessedInADayIsWeakAndSixWordsAreStrong() {
        for (String weak : new String[] {"password", "12345678", "partyline1", "qwertzuiop", "Summer2024!"}) {
            assertEquals(Grade.WEAK, grade(weak), weak);
        }
        assertEquals(Grade.STRONG, grade("cloud tulip anvil marsh pedal quartz"));
        assertEquals(Grade.STRONG, grade("x9#Lq2vRt7!mWz4p"));
        assertEquals(Grade.FAIR, grade("gvzkrtwqi"));
    }

    @Test
    void theAdviceSaysWhatToDoAndNothingOfThePassphrase() {
        Rating rating = strength.rate("Summer2024!".toCharArray());
        assertTrue(rating.advice().contains("partyline:passphrase-change"), rating.advice());
        assertFalse(rating.advice().toLowerCase(java.util.Locale.ROOT).contains("summer"), rating.advice());
        assertEquals(
                "",
                strength.rate("cloud tulip anvil marsh pedal quartz".toCharArray())
                        .advice());
    }

    @Test
    void thePassphraseIsLeftToTheCaller() {
        char[] passphrase = "Summer2024!".toCharArray();

        strength.rate(passphrase);

        assertEquals("Summer2024!", new String(passphrase));
    }

    @Test
    void theWordListsAreReadOnlyWhereAPassphraseIsRated() throws Exception {
        AtomicInteger made = new AtomicInteger();
        GuessingStrength lazy = new GuessingStrength(() -> {
            made.incrementAndGet();
            return new Zxcvbn();
        });
        assertThrows(PartylineException.class, lazy::examine);
        assertEquals(0, made.get());
        lazy.rate("Summer2024!".toCharArray());
        assertEquals(1, made.get());
    }

    /** Whatever the library does with it. */
    @Test
    void theCopyThatIsRatedIsWiped() {
        List<char[]> rated = new ArrayList<>();
        GuessingStrength watched = new GuessingStrength(() -> new Zxcvbn() {
            @Override
            public Strength measure(CharSequence passphrase) {
                rated.add(((CharBuffer) passphrase).array());
                return super.measure(passphrase.toString());
            }
        });
        assertEquals(Grade.WEAK, watched.rate("Summer2024!".toCharArray()).grade());
        assertEquals(1, rated.size());
        assertArrayEquals(new char["Summer2024!".length()], rated.get(0));
    }

    @Test
    void aVeryLongOneIsStrongAndTakesNoTime() {
        assertEquals(Grade.STRONG, grade("a quick brown fox ".repeat(200)));
    }

    @Test
    void theDoctorKnowsTheGradeThatWasFound() throws Exception {
        MemoryStore store = new MemoryStore();
        store.create("not a good one".toCharArray());
        strength.store = store;
        assertEquals(Finding.Verdict.WARNING, strength.examine().get(0).verdict());
        strength.remember(Grade.WEAK);
        assertEquals(Finding.Verdict.UNSAFE, strength.examine().get(0).verdict());
        strength.remember(Grade.FAIR);
        assertEquals(Finding.Verdict.WARNING, strength.examine().get(0).verdict());
        strength.remember(Grade.STRONG);
        assertEquals(Finding.Verdict.OK, strength.examine().get(0).verdict());
        store.lock();
        assertTrue(strength.examine().isEmpty());
        // The passphrase of a locked store may be changed, too.
        strength.remember(Grade.WEAK);
        assertTrue(strength.examine().isEmpty());
        store.unlock("not a good one".toCharArray());
        assertEquals(Finding.Verdict.UNSAFE, strength.examine().get(0).verdict());
        strength.store = null;
        assertThrows(PartylineException.class, () -> strength.remember(Grade.STRONG));
    }
}
