package org.partyline.shell.hook;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.hooks.Hook;
import org.partyline.api.hooks.Hooks;
import org.partyline.consoleline.ExitStatus;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.spi.Needs;

/** Adds a hook. Hooks run programs as the server's user, so only the server's owner may add one. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "hook-add",
        description = "Start a program, or post to an address, for each future event",
        detailedDescription = "partyline:hook-add alert --run /usr/local/bin/alert\n"
                + "partyline:hook-add bridge --url https://example.org/hook")
@Needs(Role.OWNER)
final class HookAddCommand extends PartylineCommand {
    @Argument(name = "NAME", description = "The name", required = true)
    private String name;

    @Option(
            name = "--run",
            description = "Absolute path of the program; it receives the event as one JSON document on standard input",
            valueToShowInHelp = "PATH")
    @Completion(FileCompleter.class)
    private @Nullable String run;

    @Option(
            name = "--url",
            description = "An https address to post the event to, without the message and without names",
            valueToShowInHelp = "URL")
    private @Nullable String url;

    @Option(name = "--allow-private", description = "Let --url lead to this machine or a private network")
    private boolean allowPrivate;

    @Override
    protected void run() throws CommandError, PartylineException {
        Hooks hooks = engine().hooks();
        if ((run == null) == (url == null)) {
            throw new CommandError(
                    ExitStatus.WRONG_LINE,
                    "a hook needs --run with a program or --url with an address, one of the two");
        }
        if (run != null) {
            Hook hook = hooks.addProgram(name, program(run));
            print(new Document(HookView.of(hook), null), () -> {
                added(hook, " is started for each event from now on.");
                showList();
            });
            return;
        }
        Hooks.Created created = hooks.addUrl(name, address(Objects.requireNonNull(url)), allowPrivate);
        print(new Document(HookView.of(created.hook()), created.secret()), () -> {
            added(created.hook(), " gets each event from now on, signed with:");
            console().line(created.secret());
            console()
                    .paragraph(
                            Style.WARN,
                            "This is shown once: the receiver verifies with it that an event comes from this server.");
            showList();
        });
    }

    private void added(Hook hook, String what) {
        console().line("Added " + Sanitizer.line(hook.name()) + ": " + Sanitizer.line(hook.target()) + what);
    }

    private void showList() {
        next("partyline:hook-list shows whether it accepts them.");
    }

    private static Path program(String run) throws CommandError {
        try {
            return Path.of(run);
        } catch (InvalidPathException e) {
            throw new CommandError(ExitStatus.WRONG_LINE, "--run must be a path, not " + Sanitizer.line(run));
        }
    }

    private static URI address(String url) throws CommandError {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new CommandError(ExitStatus.WRONG_LINE, "--url must be an address, not " + Sanitizer.line(url));
        }
    }

    record Document(HookView hook, @Nullable String secret) {}
}
