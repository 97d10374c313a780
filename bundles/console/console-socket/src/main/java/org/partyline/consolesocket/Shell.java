package org.partyline.consolesocket;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import java.util.Arrays;
import javax.security.auth.Subject;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.karaf.jaas.boot.principal.ClientPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.partyline.api.panic.Severable;

/** The console as the server's own user has it: it takes what it is to run as it stands. */
final class Shell {
    private static final String COMMAND_SESSION = ".commandSession";

    private final SessionFactory sessions;

    Shell(SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** A session for commands, with no terminal. */
    Session forCommands(InputStream in, PrintStream out, PrintStream err) {
        return sessions.create(in, out, err);
    }

    /** A session for somebody at a terminal. */
    Session forConsole(RemoteTerminal terminal) {
        PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
        return sessions.create(terminal.input(), out, out, terminal, StandardCharsets.UTF_8.name(), () -> {});
    }

    /** Does something as the local user with all roles, whom Karaf asks for before each command. */
    static <T> T asLocalUser(PrivilegedAction<T> action) {
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal(System.getProperty("karaf.local.user", "karaf")));
        subject.getPrincipals().add(new ClientPrincipal("local", "localhost"));
        Arrays.stream(System.getProperty("karaf.local.roles", "admin,manager,viewer,systembundles")
                        .split(","))
                .forEach(role -> subject.getPrincipals().add(new RolePrincipal(role.strip())));
        return Subject.doAs(subject, action);
    }

    /** Ends what a session runs just now, as Ctrl-C does. */
    static void interrupt(Session session) {
        if (session.get(COMMAND_SESSION) instanceof CommandSession commands) {
            Job job = commands.foregroundJob();
            if (job != null) {
                job.interrupt();
            }
        }
    }

    /** Whether a session holds this mark. @param session null: none yet */
    static boolean isMarked(Session session, String mark) {
        return session != null && mark.equals(session.get(Severable.MARK));
    }
}
