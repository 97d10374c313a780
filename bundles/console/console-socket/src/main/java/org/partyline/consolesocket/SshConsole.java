package org.partyline.consolesocket;

import static org.osgi.service.component.annotations.ReferenceCardinality.MULTIPLE;
import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.LiteralConsoles;

/**
 * Provides the shell of Karaf's SSH server: literal consoles, and none while they are unavailable. Karaf would go back
 * to its own sessions then, which run it as code, and stay with them.
 */
@Component(service = Severable.class, immediate = true)
public final class SshConsole implements Severable {
    private final Set<SshVisit> open = ConcurrentHashMap.newKeySet();
    /** Null while they are unavailable. */
    private volatile @Nullable SessionFactory literal;

    /** For Declarative Services. */
    public SshConsole() {}

    /** Makes consoles of it from now on. */
    @Reference(
            target = "(" + LiteralConsoles.LITERAL + "=true)",
            cardinality = OPTIONAL,
            policy = DYNAMIC,
            policyOption = GREEDY)
    void setSessions(SessionFactory sessions) {
        literal = sessions;
    }

    /** Makes no consoles of it any more. */
    void unsetSessions(SessionFactory sessions) {
        if (literal == sessions) {
            literal = null;
        }
    }

    /** Serves it, also when it serves someone already. Karaf makes another one when its settings change. */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    void addServer(SshServer server) {
        server.setShellFactory(channel -> SshVisit.shell(() -> literal, open));
        server.setCommandFactory((channel, command) -> SshVisit.command(() -> literal, command, open));
    }

    /** Leaves it as it is: what this made runs nothing once there are no sessions for it. */
    void removeServer(SshServer server) {}

    /** For tests: whether someone has one. */
    boolean isOpenAnywhere() {
        return !open.isEmpty();
    }

    @Override
    public String name() {
        return "SSH connections";
    }

    /** An SSH connection may carry several consoles: the whole of the one that asks stays. */
    @Override
    public int sever(String mark) {
        Set<ServerSession> asking = open.stream()
                .filter(visit -> visit.isMarked(mark))
                .map(SshVisit::connection)
                .collect(Collectors.toSet());
        Set<ServerSession> others = open.stream()
                .map(SshVisit::connection)
                .filter(connection -> !asking.contains(connection))
                .collect(Collectors.toSet());
        others.forEach(connection -> connection.close(true));
        return others.size();
    }
}
