package org.partyline.doctor;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.PartylineException;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.health.PassphraseStrength;
import org.partyline.api.store.Store;

/**
 * Estimates with zxcvbn how many guesses a passphrase resists, and stores the grade of the store's passphrase. The
 * grade is sealed in the store; nothing else about a passphrase is stored.
 */
@Component(service = {PassphraseStrength.class, HealthCheck.class})
public final class GuessingStrength implements PassphraseStrength, HealthCheck {
    static final String TABLE = "passphrase-strength";

    private static final byte[] KEY = "store".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GROUP = {};

    /** About a day at 1,000 guesses a second, which is a lot for Argon2id with 64 MiB on one graphics card. */
    private static final double WEAK_BELOW = 8;

    /** About 30 years of that. */
    private static final double FAIR_BELOW = 12;

    /**
     * Longer passphrases are truncated for the estimate: zxcvbn takes quadratic time, and this length is already
     * strong.
     */
    private static final int MOST = 100;

    private static final String REMEDY =
            "use six random words, for example chosen with dice from a list, with partyline:passphrase-change";

    /** Creates one for each passphrase: its word lists take 8 MiB, and passphrases are rarely set. */
    private final Supplier<Zxcvbn> zxcvbn;

    private final AtomicReference<Grade> pending = new AtomicReference<>();

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    volatile Store store;

    /** For Declarative Services, which fills the field. */
    public GuessingStrength() {
        this(Zxcvbn::new);
    }

    GuessingStrength(Supplier<Zxcvbn> zxcvbn) {
        this.zxcvbn = zxcvbn;
    }

    @Override
    public Rating rate(char[] passphrase) {
        // The library wipes its input, so the caller's array is copied.
        char[] own = Arrays.copyOf(passphrase, Math.min(passphrase.length, MOST));
        Strength strength = zxcvbn.get().measure(CharBuffer.wrap(own));
        try {
            double digits = strength.getGuessesLog10();
            Grade grade = digits < WEAK_BELOW ? Grade.WEAK : digits < FAIR_BELOW ? Grade.FAIR : Grade.STRONG;
            return new Rating(grade, advice(grade, digits));
        } finally {
            strength.wipe();
            Arrays.fill(own, '\0');
        }
    }

    private static String advice(Grade grade, double digits) {
        return grade == Grade.STRONG
                ? ""
                : "about 10^" + Math.max(0, Math.round(digits))
                        + " guesses are needed, which takes someone who has the files "
                        + (grade == Grade.WEAK ? "at most a day" : "months or some years") + ": " + REMEDY;
    }

    @Override
    public void remember(Grade grade) throws PartylineException {
        pending.set(grade);
        if (need().state() == Store.State.OPEN) {
            store();
        }
    }

    /** A grade that was found while the store was locked is stored once it is open. */
    private void store() throws PartylineException {
        Grade grade = pending.get();
        if (grade != null) {
            need().update(transaction ->
                    transaction.put(TABLE, KEY, GROUP, grade.name().getBytes(StandardCharsets.US_ASCII), null));
            pending.compareAndSet(grade, null);
        }
    }

    private Store need() throws PartylineException {
        Store now = store;
        if (now == null) {
            throw new PartylineException("the store service is not running");
        }
        return now;
    }

    @Override
    public String name() {
        return "passphrase";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (need().state() != Store.State.OPEN) {
            return List.of();
        }
        store();
        Optional<Grade> found = need().transact(transaction -> transaction
                .get(TABLE, KEY)
                .flatMap(value -> Stream.of(Grade.values())
                        .filter(grade -> grade.name().equals(new String(value, StandardCharsets.US_ASCII)))
                        .findFirst()));
        if (found.isEmpty()) {
            return List.of(Finding.warning(
                    name(),
                    "the strength of the store's passphrase was not checked when it was set",
                    "partyline:passphrase-change checks it; you can give the same one again"));
        }
        String what = "the store's passphrase was " + found.get().name().toLowerCase(Locale.ROOT) + " when it was set";
        return List.of(
                switch (found.get()) {
                    case STRONG -> Finding.ok(name(), what);
                    case FAIR -> Finding.warning(name(), what, REMEDY);
                    case WEAK -> Finding.unsafe(name(), what, REMEDY);
                });
    }
}
