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
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.session.ServerSession;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.panic.Severable;
import org.partyline.consoleline.LiteralConsoles;

/**
 * Provides the shell of Karaf's SSH server: literal consoles, or none while they are unavailable. Otherwise, Karaf
 * would return to its own sessions, which run input as code, and keep using them.
 */
@Component(service = Severable.class, immediate = true)
public final class SshConsole implements Severable {
    private final Set<SshVisit> open = ConcurrentHashMap.newKeySet();
    /** Null while they are unavailable. */
    private volatile @Nullable SessionFactory literal;

    /** For Declarative Services. */
    public SshConsole() {}

    /** Uses these sessions for consoles from now on. */
    @Reference(
            target = "(" + LiteralConsoles.LITERAL + "=true)",
            cardinality = OPTIONAL,
            policy = DYNAMIC,
            policyOption = GREEDY)
    void setSessions(SessionFactory sessions) {
        literal = sessions;
    }

    /** Stops using these sessions. */
    void unsetSessions(SessionFactory sessions) {
        if (literal == sessions) {
            literal = null;
        }
    }

    /**
     * Configures an SSH server, also one that is running already. Karaf creates another one when its settings change.
     */
    @Reference(cardinality = MULTIPLE, policy = DYNAMIC)
    void addServer(SshServer server) {
        server.setShellFactory(channel -> SshVisit.shell(() -> literal, open));
        server.setCommandFactory((channel, command) -> SshVisit.command(() -> literal, command, open));
        // Karaf's filter accepts all: a key with any role could connect past the network policy, and open ports here.
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    }

    /** Leaves it unchanged: the consoles run nothing once their sessions are gone. */
    void removeServer(SshServer server) {}

    /** For tests: returns whether any console is open. */
    boolean isOpenAnywhere() {
        return !open.isEmpty();
    }

    @Override
    public String name() {
        return "SSH connections";
    }

    /** An SSH connection may carry several consoles: all of the connection that asks stays open. */
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
