package org.partyline.api.nodes;

import java.util.Objects;
import java.util.Optional;

/**
 * A fault of a node.
 *
 * @param fault why it is not usable; empty: it is usable, and this is a warning
 * @param reason one line for people: what is wrong, and how certain that is; nothing secret
 */
public record Judgement(Optional<NodeFault> fault, String reason) {
    public Judgement {
        Objects.requireNonNull(fault, "fault");
        if (reason.isBlank() || reason.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a judgement requires a reason of one line");
        }
    }

    /** The node is quarantined: nothing is sent through it, and its reports do not count. */
    public static Judgement unusable(NodeFault fault, String reason) {
        return new Judgement(Optional.of(fault), reason);
    }

    /** The node is used, and the log contains the warning. */
    public static Judgement warning(String reason) {
        return new Judgement(Optional.empty(), reason);
    }

    public boolean isUsable() {
        return fault.isEmpty();
    }
}
