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
    /** The variable with Gogo's session in Karaf's own session. */
    static final String COMMAND_SESSION = ".commandSession";

    private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);

    @Override
    public @Nullable Object run(Session session, List<String> words) throws Exception {
        if (!(session.get(Prepared.VARIABLE) instanceof Prepared prepared)) {
            throw ErrorLines.of(session, "the console was replaced while it read this line: type it again", null);
        }
        if (prepared.refusal() != null) {
            // Not thrown: Karaf would log the exception and pass it to listeners, and an unknown name may be a word of
            // a message.
            session.getConsole().println(prepared.refusal().getNiceHelp());
            session.getConsole().flush();
            return null;
        }
        int line = Integer.parseInt(words.get(0));
        int number = Integer.parseInt(words.get(1));
        List<Stage> command = prepared.command(line);
        Object result = null;
        try {
            result = run(session, command.get(number));
            prepared.returned(line, number, result);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            prepared.failed(line, number, ErrorLines.of(session, e));
        }
        if (number < command.size() - 1) {
            // Gogo evaluates only the result of the last stage, and would print this one into the pipe.
            return null;
        }
        CommandException failure = prepared.failure(line);
        if (failure != null) {
            throw failure;
        }
        if (LiteralSession.wasStopped(session)) {
            // Output printed since may be lost, and a waiting command may have ended because of it.
            throw ErrorLines.stopped(session);
        }
        prepared.done(result);
        return result;
    }

    private static @Nullable Object run(Session session, Stage stage) throws Exception {
        CommandSession commands = (CommandSession) session.get(COMMAND_SESSION);
        // Not from the registry, which would check Karaf's access lists again.
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
            // The reason is for the console only.
            LOG.debug("{} failed: {}", stage.name(), e.getClass().getName());
            throw e;
        }
    }
}
