package org.partyline.api.transport;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The state of a node.
 *
 * @param state the state
 * @param detail one line: what is wrong and what to do; empty if all is well; nothing secret
 * @param software its user agent, for example {@code /Satoshi:31.0.0/}; may be empty
 * @param tip its best block, once known
 * @param mempoolSize transactions waiting in its mempool, or -1
 * @param latency of the last answer, if there was one
 * @param notifications how new transactions arrive: {@code zmq}, {@code polling 2s}, {@code direct} …
 * @param peers the number of nodes that it is connected to; empty if that is meaningless or unknown
 * @param route the route of its connections: {@link NetworkRoute#text()}; empty if it has none, or it is unknown
 */
public record NodeStatus(
        State state,
        String detail,
        String software,
        Optional<BlockRef> tip,
        int mempoolSize,
        Optional<Duration> latency,
        String notifications,
        String route,
        OptionalInt peers) {
    /** Whether the node can be used. */
    public enum State {
        /** Not asked yet, or warming up. */
        STARTING,
        /** Behind the chain. */
        SYNCING,
        /** Watches and broadcasts. */
        READY,
        /** Does not answer; the connection is retried. */
        UNREACHABLE,
        /**
         * Answers, but must not be used: wrong network, wrong password, a forbidden address. Only a change of settings
         * helps.
         */
        REFUSED
    }

    public NodeStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(peers, "peers");
    }

    /** For a node whose peers are not known. */
    public NodeStatus(
            State state,
            String detail,
            String software,
            Optional<BlockRef> tip,
            int mempoolSize,
            Optional<Duration> latency,
            String notifications,
            String route) {
        this(state, detail, software, tip, mempoolSize, latency, notifications, route, OptionalInt.empty());
    }

    /** For a node without connections. */
    public NodeStatus(
            State state,
            String detail,
            String software,
            Optional<BlockRef> tip,
            int mempoolSize,
            Optional<Duration> latency,
            String notifications) {
        this(state, detail, software, tip, mempoolSize, latency, notifications, "", OptionalInt.empty());
    }

    /** Whether it can be used but has no peers: a transaction handed to it reaches nobody. */
    public boolean isAlone() {
        return state == State.READY && peers.isPresent() && peers.getAsInt() == 0;
    }

    /** The state of a node that was not asked yet. */
    public static NodeStatus starting() {
        return new NodeStatus(State.STARTING, "", "", Optional.empty(), -1, Optional.empty(), "");
    }
}
