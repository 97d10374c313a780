package org.partyline.shell.web;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess;
import org.partyline.api.web.WebAccess.Created;
import org.partyline.api.web.WebAccess.Wanted;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.ConversationNames;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Creates a token. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "token-create",
        description = "Create a token with which a program uses the API; it is shown once",
        detailedDescription =
                "partyline:token-create alerts --scope send --conversation lobby --spend-limit 5000sat/day"
                        + " --expires 90d\npartyline:token-create bot --scope read,send")
@Needs(Role.OPERATE)
final class TokenCreateCommand extends PartylineCommand {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final String A_DAY = "/day";
    /** Scopes that permit more than the role operate does at the console. */
    private static final Set<Scope> TALKS = EnumSet.of(Scope.READ, Scope.SEND);

    @Argument(name = "NAME", description = "The name", required = true)
    private String name;

    @Option(
            name = "--scope",
            description = "Scopes, separated by commas: read, send, wallet, admin",
            valueToShowInHelp = "SCOPES")
    @Completion(
            values = {"read", "send", "read,send", "wallet", "admin"},
            value = String.class)
    private @Nullable String scope;

    @Option(
            name = "--persona",
            description = "Only what this persona sees and pays for; otherwise all personas",
            valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--conversation",
            description =
                    "Only this channel or contact, by name, or by id from conversation-list --json; may be repeated",
            valueToShowInHelp = "NAME",
            multiValued = true)
    @Completion(ConversationNames.class)
    private @Nullable List<String> conversations;

    @Option(
            name = "--spend-limit",
            description = "Maximum cost of its messages in any 24 hours; otherwise only fee-limit applies",
            valueToShowInHelp = "AMOUNT/day")
    @Completion(
            values = {"1000sat/day", "5000sat/day"},
            value = String.class)
    private @Nullable String spendLimit;

    @Option(name = "--expires", description = "When it stops working; otherwise never", valueToShowInHelp = "DURATION")
    @Completion(
            values = {"1d", "30d", "90d"},
            value = String.class)
    private @Nullable String expires;

    @Override
    protected void run() throws CommandError, PartylineException {
        WebAccess web = engine().webAccess();
        Wanted wanted = new Wanted(
                name,
                scopes(),
                new Selection(persona(), ids()),
                limit(),
                expires == null
                        ? Optional.empty()
                        : Optional.of(clock().instant().plus(Units.duration("--expires", expires, SHORTEST, LONGEST))));
        Created created = web.create(wanted);
        print(new Document(created.secret(), TokenView.of(created.token())), () -> {
            console().line(created.secret());
            console()
                    .paragraph(
                            Style.WARN,
                            "This token is shown only once. Anyone who has it can use the server as the program "
                                    + "does: keep it in a file that only the program can read.");
            next("the program sends it in the header Authorization: Bearer TOKEN.");
        });
    }

    private Set<Scope> scopes() throws CommandError {
        if (scope == null) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE, "a token needs --scope: read, send, wallet or admin, separated by commas");
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String word : scope.split(",")) {
            scopes.add(Scope.ofWord(word.strip())
                    .orElseThrow(() -> new CommandError(
                            ExitStatus.WRONG_LINE,
                            "--scope must be read, send, wallet or admin, or several of them separated by commas, not '"
                                    + Sanitizer.line(word) + "'")));
        }
        if (!Role.TALK.isHeldBy(context().session()) && !Collections.disjoint(scopes, TALKS)) {
            throw new CommandError("the scopes read and send need the role talk, which you do not have: ask someone "
                    + "who has both roles to create the token");
        }
        return scopes;
    }

    private OptionalLong limit() throws CommandError {
        if (spendLimit == null) {
            return OptionalLong.empty();
        }
        String text = spendLimit.strip();
        if (!text.endsWith(A_DAY)) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    "--spend-limit must be an amount a day, like 5000sat/day, not '" + Sanitizer.line(text) + "'");
        }
        return OptionalLong.of(Units.amount(text.substring(0, text.length() - A_DAY.length())));
    }

    private Optional<String> persona() throws CommandError, PartylineException {
        if (persona != null
                && engine().personas().list().stream()
                        .noneMatch(one -> one.name().equals(persona))) {
            throw new CommandError("there is no persona '" + Sanitizer.line(persona) + "': see partyline:persona-list");
        }
        return given(persona);
    }

    private Set<String> ids() throws CommandError, PartylineException {
        Set<String> ids = new LinkedHashSet<>();
        if (conversations == null) {
            return ids;
        }
        List<Conversation> all = engine().conversations().list().stream()
                .filter(one -> persona == null || persona.equals(one.persona()))
                .toList();
        for (String wanted : conversations) {
            List<Conversation> found =
                    all.stream().filter(one -> one.id().equals(wanted)).toList();
            if (found.isEmpty()) {
                found = all.stream().filter(one -> one.name().equals(wanted)).toList();
            }
            if (found.isEmpty()) {
                throw new CommandError("there is no channel or contact '" + Sanitizer.line(wanted)
                        + "': see partyline:conversation-list");
            }
            if (found.size() > 1) {
                throw new CommandError("several conversations are named '" + Sanitizer.line(wanted) + "': write one of "
                        + String.join(
                                ", ",
                                found.stream()
                                        .map(one -> Sanitizer.line(one.id()))
                                        .toList()));
            }
            ids.add(found.get(0).id());
        }
        return ids;
    }

    record Document(String token, TokenView created) {}
}
