package org.partyline.delivery;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.transport.BlockRef;
import org.partyline.messaging.state.MessageWaitsException;

/**
 * Keeps messages from being sealed with the time of a wrong clock: readers would reject them. The time of a block is
 * within two hours of the network's, and on an active network blocks are rarely an hour apart.
 */
final class ClockAgainstBlocks {
    private static final Duration MOST_AHEAD = Duration.ofHours(2);
    private static final Duration MOST_BEHIND = Duration.ofHours(6);

    private final NodeDirectory nodes;
    private final Clock clock;

    ClockAgainstBlocks(NodeDirectory nodes, Clock clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    /** @throws MessageWaitsException if the blocks of all usable nodes contradict this machine's clock */
    void require(Network network) throws MessageWaitsException {
        if (network == Network.EMBEDDED) {
            // Its blocks are created here, with this clock.
            return;
        }
        List<Instant> tips = nodes.ready(network).stream()
                .map(node -> node.status().tip().map(BlockRef::time))
                .flatMap(Optional::stream)
                .sorted()
                .toList();
        if (tips.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        // One dishonest node cannot delay what another would accept.
        Instant oldest = tips.get(0);
        Instant newest = tips.get(tips.size() - 1);
        if (oldest.isAfter(now.plus(MOST_AHEAD))) {
            throw new MessageWaitsException("it waits because this machine's clock is slow: the newest block is from "
                    + oldest + ", but the clock shows " + now.truncatedTo(ChronoUnit.SECONDS)
                    + " (timedatectl set-ntp true)");
        }
        // On other networks, blocks are mined only when someone tests something.
        if (network == Network.MAINNET && newest.isBefore(now.minus(MOST_BEHIND))) {
            throw new MessageWaitsException("it waits for a block newer than " + newest
                    + ": the node is behind, or this machine's clock is fast (timedatectl)");
        }
    }
}
