package org.partyline.consolesocket;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivilegedAction;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.apache.karaf.jaas.boot.principal.ClientPrincipal;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jspecify.annotations.Nullable;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.Role;

/** A console for a user with given roles that executes lines literally. */
final class Shell {
    private static final String COMMAND_SESSION = ".commandSession";

    /** Karaf's role that allows everything. */
    private static final String ADMIN = "admin";

    private final SessionFactory sessions;

    Shell(SessionFactory sessions) {
        this.sessions = sessions;
    }

    /** Returns a session for commands, with no terminal. */
    Session forCommands(Set<Role> roles, InputStream in, PrintStream out, PrintStream err) {
        Session session = sessions.create(in, out, err);
        Role.restrict(session, roles);
        return session;
    }

    /** Returns a session for a user at a terminal. */
    Session forConsole(Set<Role> roles, RemoteTerminal terminal) {
        PrintStream out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
        Session session =
                sessions.create(terminal.input(), out, out, terminal, StandardCharsets.UTF_8.name(), () -> {});
        Role.restrict(session, roles);
        return session;
    }

    /** Runs an action as the local user, with the roles that Karaf itself checks before some commands. */
    static <T> T asLocalUser(Set<Role> roles, PrivilegedAction<T> action) {
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal(System.getProperty("karaf.local.user", "karaf")));
        subject.getPrincipals().add(new ClientPrincipal("local", "localhost"));
        karafs(roles).forEach(role -> subject.getPrincipals().add(new RolePrincipal(role)));
        return Subject.doAs(subject, action);
    }

    private static Stream<String> karafs(Set<Role> roles) {
        if (!roles.contains(Role.OWNER)) {
            return roles.contains(Role.OPERATE) ? Stream.of("viewer", "manager") : Stream.of("viewer");
        }
        return Arrays.stream(System.getProperty("karaf.local.roles", "admin,manager,viewer,systembundles")
                        .split(","))
                .map(String::strip);
    }

    /** Returns the roles of an authenticated SSH user: the roles of the key. Karaf's role <i>admin</i> includes all. */
    static Set<Role> rolesOf(Subject subject) {
        Set<String> names = subject.getPrincipals(RolePrincipal.class).stream()
                .map(RolePrincipal::getName)
                .collect(Collectors.toSet());
        return names.contains(ADMIN) ? EnumSet.of(Role.OWNER) : Role.named(names);
    }

    /** Interrupts the running command of a session, as Ctrl-C does. */
    static void interrupt(Session session) {
        if (session.get(COMMAND_SESSION) instanceof CommandSession commands) {
            Job job = commands.foregroundJob();
            if (job != null) {
                job.interrupt();
            }
        }
    }

    /** Returns whether a session has this mark. @param session null if there is none yet */
    static boolean isMarked(@Nullable Session session, String mark) {
        return session != null && mark.equals(session.get(Severable.MARK));
    }
}
