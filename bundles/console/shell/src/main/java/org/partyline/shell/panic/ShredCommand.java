package org.partyline.shell.panic;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Panic.Kind;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.completion.ShreddableNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.spi.Needs;

/** Erases one conversation, channel or persona from the store and its files. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "shred",
        description = "Erase a conversation, a channel or a persona, and rewrite the store's files at once",
        detailedDescription = "partyline:shred channel lobby --persona alice\n" + "partyline:shred persona alice --yes")
@Needs(Role.ERASE)
final class ShredCommand extends PartylineCommand {
    @Argument(
            name = "KIND",
            description = "conversation: a contact with keys and messages; channel: its keys and messages; "
                    + "persona: also all its channels and contacts",
            required = true)
    private Kind kind;

    @Argument(name = "NAME", index = 1, description = "The contact, the channel or the persona", required = true)
    @Completion(ShreddableNames.class)
    private String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        if (kind == Kind.PERSONA && persona != null) {
            throw new CommandError("--persona applies to conversation and channel only");
        }
        String shown = kind.word() + " '" + Sanitizer.line(name) + "'";
        requireThere();
        if (confirmed(yes, "Shred the " + shown + ", with its keys and messages?")) {
            engine().panic().shred(kind, given(persona), name);
            print(
                    new Document(kind.word(), name, true),
                    "The " + shown + " is erased from the store and its files. Its packets remain on the network.");
        }
    }

    /** Before the question: a name that does not exist is rejected. */
    private void requireThere() throws CommandError, PartylineException {
        switch (kind) {
            case CONVERSATION -> engine().contacts().get(given(persona), name);
            case PERSONA -> engine().personas().get(name);
            case CHANNEL -> engine().channels().invite(given(persona), name);
            default -> throw new CommandError("shred conversation, channel or persona");
        }
    }

    record Document(String kind, String name, boolean shredded) {}
}
