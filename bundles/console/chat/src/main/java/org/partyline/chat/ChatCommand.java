package org.partyline.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.UnavailableException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Personas;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreLockedException;
import org.partyline.chat.live.Beginning;
import org.partyline.chat.live.ChatScreen;
import org.partyline.chat.live.PlainChat;
import org.partyline.chat.text.Words;
import org.partyline.consoleline.Paint;
import org.partyline.consoleline.Resumption;
import org.partyline.consoleline.Role;
import org.partyline.shell.spi.ConsoleCommand;
import org.partyline.shell.spi.Needs;

/** Opens the full-screen chat. */
@Command(
        scope = ConsoleCommand.SCOPE,
        name = "chat",
        description =
                "Chat on a full screen with conversations, history and an input line; press F1 there for the keys",
        detailedDescription = "partyline:chat\npartyline:chat lobby\npartyline:chat --persona bob alice")
@Needs(Role.TALK)
final class ChatCommand extends ConsoleCommand {
    private final ChatServices services;

    @Argument(name = "NAME", description = "Channel or contact to open; otherwise the one with the latest message")
    private @Nullable String name;

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    private @Nullable String persona;

    ChatCommand(ChatServices services) {
        this.services = services;
    }

    @Override
    public Collection<String> completions(String of) {
        try {
            return of.equals("NAME") ? conversations(Optional.ofNullable(persona)) : personas();
        } catch (PartylineException | UnavailableException e) {
            return List.of();
        }
    }

    private Collection<String> conversations(Optional<String> of) throws PartylineException {
        List<String> channels = services.channels().isEmpty()
                ? List.of()
                : services.channels().get().list(of).stream()
                        .map(Channels.Channel::name)
                        .toList();
        List<String> contacts = services.contacts().isEmpty()
                ? List.of()
                : services.contacts().get().list(of).stream()
                        .map(Contacts.Contact::name)
                        .toList();
        return Stream.concat(channels.stream(), contacts.stream()).distinct().toList();
    }

    private Collection<String> personas() throws PartylineException {
        return services.personas().isEmpty()
                ? List.of()
                : services.personas().get().list().stream()
                        .map(Personas.Persona::name)
                        .toList();
    }

    @Override
    protected void run() throws PartylineException {
        if (json()) {
            throw new PartylineException("chat has no JSON output: use partyline:messages --follow --json");
        }
        Optional<List<String>> before = Resumption.taken(session());
        // After a lock it may be another store, which must not confirm any names.
        if (before.isEmpty()) {
            checkNames();
        }
        Words words = new Words(output()::clean);
        Optional<String> who = before.map(names -> names.get(0))
                .or(() -> Optional.ofNullable(persona))
                .filter(one -> !one.isEmpty());
        Optional<String> where = before.map(names -> names.get(1))
                .or(() -> Optional.ofNullable(name))
                .filter(one -> !one.isEmpty());
        Optional<Terminal> terminal = screen();
        try (StayingOn staying = new StayingOn(session())) {
            if (terminal.isPresent()) {
                resumeWith(who, where);
                boolean left = new ChatScreen(
                                terminal.get(),
                                services,
                                words,
                                new Beginning(
                                        who,
                                        where,
                                        before.isPresent(),
                                        name -> resumeWith(Optional.of(name), Optional.empty())),
                                Clock.systemUTC(),
                                services.preferences(),
                                Paint.wanted(session()))
                        .run();
                if (left) {
                    Resumption.of(session(), "");
                }
            } else {
                new PlainChat(services, words, who, where, output()::line).run(lines());
            }
        }
    }

    private void resumeWith(Optional<String> who, Optional<String> where) {
        Resumption.of(session(), "partyline:chat", who.orElse(""), where.orElse(""));
    }

    /** Before the screen is switched: an error about a mistyped name appears where it was typed. */
    private void checkNames() throws PartylineException {
        boolean open = services.vault()
                .filter(vault -> vault.state() == Store.State.OPEN)
                .isPresent();
        if (services.vault().filter(vault -> vault.state() == Store.State.NEW).isPresent()) {
            throw StoreLockedException.of(Store.State.NEW);
        }
        if (open && persona != null && !personas().contains(persona)) {
            throw new PartylineException("there is no persona '" + persona + "': see partyline:persona-list");
        }
        if (open && name != null && !conversations(Optional.ofNullable(persona)).contains(name)) {
            throw new PartylineException(
                    "there is no conversation '" + name + "': see partyline:channel-list and partyline:contact-list");
        }
    }

    /** Returns the terminal if it can move its cursor and nothing is piped. */
    private Optional<Terminal> screen() {
        if (!(session().getTerminal() instanceof Terminal terminal)) {
            return Optional.empty();
        }
        Process process = Process.Utils.current();
        boolean dumb = terminal.getType() == null
                || terminal.getType().toLowerCase(Locale.ROOT).startsWith("dumb");
        boolean piped = process != null && !(process.isTty(0) && process.isTty(1));
        return dumb || piped ? Optional.empty() : Optional.of(terminal);
    }

    private Supplier<String> lines() {
        Process process = Process.Utils.current();
        if (session().getTerminal() != null && (process == null || process.isTty(0))) {
            return () -> {
                try {
                    return session().readLine("> ", null);
                } catch (UserInterruptException | EndOfFileException e) {
                    return null;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
        }
        BufferedReader reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        return () -> {
            try {
                return reader.readLine();
            } catch (IOException e) {
                return null;
            }
        };
    }
}
