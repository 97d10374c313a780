package org.partyline.doctor;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.transport.BlockRef;

/**
 * Compares this machine's clock with the newest blocks. A block's time is within two hours of the network's, and on an
 * active network blocks are rarely an hour apart.
 */
final class ClockCheck implements HealthCheck {
    private static final Duration AHEAD = Duration.ofHours(2);
    private static final Duration BEHIND = Duration.ofHours(6);

    private final DoctorSources sources;
    private final Clock clock;

    ClockCheck(DoctorSources sources, Clock clock) {
        this.sources = sources;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        List<Finding> all = new ArrayList<>();
        Instant now = clock.instant();
        for (Node node : sources.need(Nodes.class).list()) {
            node.status().tip().ifPresent(tip -> {
                Finding finding = finding(node, tip, now);
                if (finding != null) {
                    all.add(finding);
                }
            });
        }
        return all.isEmpty() ? List.of(Finding.ok(name(), "this machine's clock agrees with the blocks")) : all;
    }

    private @Nullable Finding finding(Node node, BlockRef tip, Instant now) {
        // An embedded network's blocks have the time of this very clock.
        if (node.network() != Network.EMBEDDED && tip.time().isAfter(now.plus(AHEAD))) {
            return Finding.unsafe(
                    name(),
                    "this machine's clock is slow: the newest block of node " + node.name() + " is from " + tip.time()
                            + ", but the clock shows " + now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                            + "; messages wait, because others would reject them",
                    "set the clock (timedatectl set-ntp true)");
        }
        // On test networks, blocks are mined only when someone tests something.
        boolean mined = node.network() == Network.MAINNET;
        if (mined && tip.time().isBefore(now.minus(BEHIND))) {
            return Finding.warning(
                    name(),
                    "the newest block of node " + node.name() + " is from " + tip.time()
                            + ": this machine's clock is fast, or the node is behind",
                    "timedatectl, and partyline:node-status " + node.name());
        }
        return null;
    }
}
