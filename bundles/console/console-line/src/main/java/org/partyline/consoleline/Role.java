package org.partyline.consoleline;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.console.Session;

/** The permission that a command requires. Each command requires one; a user may have several. */
public enum Role {
    /** To view the server: everybody who may use its console at all. */
    EVERYONE,
    /** To read and write messages. */
    TALK,
    /** To change how the server works: nodes, wallets, channels, settings. */
    OPERATE,
    /** To destroy what cannot be restored. */
    ERASE,
    /** Everything: root, and the user that the server runs as. */
    OWNER;

    private static final String VARIABLE = ".partyline.roles";

    /** Returns the name that is shown, and by which Unix groups and groups of keys are named. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the assignable roles among some names; other names are ignored. */
    public static Set<Role> named(Collection<String> names) {
        return EnumSet.of(TALK, OPERATE, ERASE).stream()
                .filter(role -> names.contains(role.label()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
    }

    /** Restricts a session to some roles. No typed command changes them. */
    public static void restrict(Session session, Set<Role> roles) {
        session.put(VARIABLE, Set.copyOf(roles));
    }

    /** Restricts a session to the commands that another one may run. */
    static void inherit(Session from, Session to) {
        to.put(VARIABLE, from.get(VARIABLE));
    }

    /**
     * Returns whether a session has this role. One that was never restricted is the owner's, at the terminal of the
     * server.
     */
    public boolean isHeldBy(Session session) {
        Object held = session.get(VARIABLE);
        return held == null || isIn((Set<?>) held);
    }

    private boolean isIn(Set<?> roles) {
        return this == EVERYONE || roles.contains(this) || roles.contains(OWNER);
    }

    /** Returns why a command is refused, and what to do. @param command with its scope, if that is typed */
    Optional<String> refusal(Session session, String command) {
        if (isHeldBy(session)) {
            return Optional.empty();
        }
        return Optional.of(
                this == OWNER
                        ? command + " is for root and the server's own user: ask root to run it"
                        : command + " needs the role " + label()
                                + ", which you do not have: ask root for it (the group partyline-" + label()
                                + ", or _g_:" + label() + " for an SSH key)");
    }
}
