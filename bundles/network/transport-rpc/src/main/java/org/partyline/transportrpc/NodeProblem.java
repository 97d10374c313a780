package org.partyline.transportrpc;

import org.jspecify.annotations.Nullable;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeUnavailableException;

/** A reason why a node cannot be used now, with its resulting state. */
class NodeProblem extends Exception {
    private static final long serialVersionUID = 1L;

    private final NodeStatus.State state;
    private String setting = "url";

    /** @param message one line for the operator, with the node's name; nothing secret */
    NodeProblem(NodeStatus.State state, String message) {
        super(message);
        this.state = state;
    }

    NodeProblem(NodeStatus.State state, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.state = state;
    }

    NodeStatus.State state() {
        return state;
    }

    /** Sets the setting at fault; {@code url} by default. */
    NodeProblem about(String key) {
        setting = key;
        return this;
    }

    /** The key of the setting at fault. */
    String setting() {
        return setting;
    }

    /** The same for callers of the api. */
    NodeUnavailableException toUnavailable() {
        return new NodeUnavailableException(getMessage(), this);
    }

    /** The answer exceeded the limit; a smaller batch may help. */
    static final class TooLarge extends NodeProblem {
        private static final long serialVersionUID = 1L;

        TooLarge(String message) {
            super(NodeStatus.State.UNREACHABLE, message);
        }
    }
}
