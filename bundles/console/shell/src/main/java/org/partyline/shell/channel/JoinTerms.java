package org.partyline.shell.channel;

import java.util.List;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels.Terms;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Console;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;

/**
 * Shows a channel's parameters before its passphrase is asked for, and asks for confirmation if the key derivation is
 * weak: the parameters come from the author of the invite (PROTOCOL 2.1).
 */
public final class JoinTerms {
    /** Accepts weak parameters if nobody can be asked. */
    public static final String OPTION = "--accept-weak-kdf";

    private final Console console;
    private final boolean asks;

    /** @param asks whether there is someone to inform and to ask */
    public JoinTerms(Console console, boolean asks) {
        this.console = console;
        this.asks = asks;
    }

    /**
     * @param accept whether {@value #OPTION} was given
     * @return whether to go on; if not, the reason was printed
     * @throws CommandError if the parameters are weak and nobody can be asked
     */
    public boolean accepted(Terms terms, boolean accept) throws CommandError, InterruptedException {
        if (asks) {
            console.paragraph("Channel " + Sanitizer.line(terms.name())
                    + terms.network().map(network -> " on " + network.label()).orElse("") + ": "
                    + KdfChoice.describe(terms.kdf()) + ".");
        }
        if (!terms.isWeakerThanDefault() || accept) {
            return true;
        }
        String weak =
                "its key derivation is weaker than the default (" + KdfChoice.describe(KdfParameters.ARGON2ID_DEFAULT)
                        + "): anyone who records its packets can search for the passphrase at lower cost";
        if (!asks) {
            throw new CommandError(weak + ": ask for another channel, or add " + OPTION + " to join anyway");
        }
        console.paragraph(Style.WARN, Character.toUpperCase(weak.charAt(0)) + weak.substring(1) + ".");
        boolean go = console.choose("Join anyway?", List.of("yes", "no"), "no").equals("yes");
        if (!go) {
            console.line("Cancelled: nothing was changed.");
        }
        return go;
    }
}
