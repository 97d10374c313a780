package org.partyline.api.nodes;

import java.util.Objects;
import java.util.Optional;

/**
 * A fault of a node.
 *
 * @param fault why it is not usable; empty: it is, and this is a warning
 * @param reason one line for people: what is wrong, and how sure that is; nothing secret
 */
public record Judgement(Optional<NodeFault> fault, String reason) {
    public Judgement {
        Objects.requireNonNull(fault, "fault");
        if (reason.isBlank() || reason.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a judgement requires a reason of one line");
        }
    }

    /** The node is set aside: nothing is sent by it, and its word counts for nothing. */
    public static Judgement unusable(NodeFault fault, String reason) {
        return new Judgement(Optional.of(fault), reason);
    }

    /** The node is used, and the log says what is odd. */
    public static Judgement warning(String reason) {
        return new Judgement(Optional.empty(), reason);
    }

    public boolean isUsable() {
        return fault.isEmpty();
    }
}
