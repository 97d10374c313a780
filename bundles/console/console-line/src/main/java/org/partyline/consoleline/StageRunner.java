package org.partyline.consoleline;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;
import org.partyline.consoleline.Prepared.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a stage of prepared commands by its number. */
final class StageRunner implements OwnCommand.Body {
    /** Where Karaf keeps Gogo's session in its own. */
    static final String COMMAND_SESSION = ".commandSession";

    private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);

    @Override
    public @Nullable Object run(Session session, List<String> words) throws Exception {
        if (!(session.get(Prepared.VARIABLE) instanceof Prepared prepared)) {
            throw ErrorLines.of(session, "the console was replaced while it read this line: type it again", null);
        }
        if (prepared.refusal() != null) {
            // Not thrown: Karaf would log it and tell it to listeners, and a name that is none may be a word of a
            // message.
            session.getConsole().println(prepared.refusal().getNiceHelp());
            session.getConsole().flush();
            return null;
        }
        int number = Integer.parseInt(words.get(1));
        List<Stage> command = prepared.command(Integer.parseInt(words.get(0)));
        boolean last = number == command.size() - 1;
        try {
            Object result = run(session, command.get(number));
            if (last && prepared.failure() != null) {
                throw prepared.failure();
            }
            if (LiteralSession.wasStopped(session)) {
                // What was printed since may be lost, and a command that waits may have ended because of it.
                throw ErrorLines.stopped(session);
            }
            if (last) {
                prepared.done(result);
            }
            return result;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            CommandException refusal = ErrorLines.of(session, e);
            if (last) {
                throw refusal;
            }
            // Gogo asks the last stage only how it went.
            prepared.failed(refusal);
            return null;
        }
    }

    private static @Nullable Object run(Session session, Stage stage) throws Exception {
        CommandSession commands = (CommandSession) session.get(COMMAND_SESSION);
        // Not from the registry: this one asks Karaf's lists of who may run it.
        if (!(commands.get(stage.name()) instanceof Function function)) {
            throw ErrorLines.of(session, stage.name() + " is not running: try again shortly", null);
        }
        Optional<String> refusal = KarafCommands.refusal(stage.name(), stage.words());
        if (refusal.isPresent()) {
            throw ErrorLines.of(session, refusal.get(), null);
        }
        try {
            return function.execute(commands, new ArrayList<>(stage.words()));
        } catch (CommandException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            // Why is for the console alone.
            LOG.debug("{} failed: {}", stage.name(), e.getClass().getName());
            throw e;
        }
    }
}
