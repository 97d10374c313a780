package org.partyline.api.transport;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The state of a node.
 *
 * @param state in short
 * @param detail one line: what is wrong and what to do; empty when all is well; nothing secret
 * @param software what it calls itself, for example {@code /Satoshi:31.0.0/}; may be empty
 * @param tip its best block, once known
 * @param mempoolSize transactions waiting in its mempool, or -1
 * @param latency of the last answer, once there was one
 * @param notifications how new transactions come: {@code zmq}, {@code polling 2s}, {@code direct} …
 * @param peers how many nodes it is connected to; empty where that means nothing, or is not known
 * @param route which way its connections go: {@link NetworkRoute#text()}; empty where there are none, or it is not known
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
        /** Does not answer; is tried again. */
        UNREACHABLE,
        /** Answers, and may not be used: wrong network, wrong password, a forbidden address. Nothing helps but a change. */
        REFUSED
    }

    public NodeStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(peers, "peers");
    }

    /** Of a node whose peers are not known. */
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

    /** Of a node that has no connections. */
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

    /** Whether it can be used and has no peer: what it is handed reaches nobody. */
    public boolean isAlone() {
        return state == State.READY && peers.isPresent() && peers.getAsInt() == 0;
    }

    /** A node that was not asked yet. */
    public static NodeStatus starting() {
        return new NodeStatus(State.STARTING, "", "", Optional.empty(), -1, Optional.empty(), "");
    }
}
