package org.partyline.shell.store;

import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.health.PassphraseStrength;
import org.partyline.api.health.PassphraseStrength.Rating;
import org.partyline.shell.command.Engine;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Style;

/** Rates the strength of the store's new passphrase, for the operator and the doctor. */
public final class NewPassphrase {
    private final Optional<PassphraseStrength> strength;
    private final Optional<Rating> rating;

    private NewPassphrase(Optional<PassphraseStrength> strength, char[] passphrase) {
        this.strength = strength;
        this.rating = strength.map(rates -> rates.rate(passphrase));
    }

    /** Rates a passphrase before it is wiped. */
    public static NewPassphrase of(Engine engine, char[] passphrase) {
        return new NewPassphrase(engine.passphraseStrength(), passphrase);
    }

    /** Records the rating once the store uses the passphrase. */
    public void remember() throws PartylineException {
        if (strength.isPresent() && rating.isPresent()) {
            strength.get().remember(rating.get().grade());
        }
    }

    /** Prints a warning if it can be guessed. */
    public void warn(Console console) {
        rating.filter(each -> !each.advice().isEmpty())
                .ifPresent(each -> console.paragraph(
                        Style.WARN,
                        "The passphrase is " + (each.grade() == PassphraseStrength.Grade.WEAK ? "weak" : "only fair")
                                + ": " + each.advice() + "."));
    }
}
