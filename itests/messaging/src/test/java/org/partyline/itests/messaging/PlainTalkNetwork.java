package org.partyline.itests.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.partyline.api.TxId;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** The unit tests' network without rules. */
final class PlainTalkNetwork implements TalkNetwork {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);

    private record PlainSeat(TestNetwork.Node node) implements Seat {
        @Override
        public Transport transport() {
            return node;
        }

        @Override
        public Wallet wallet() {
            return node;
        }

        @Override
        public void cut() {
            node.down = true;
        }

        @Override
        public int watched() {
            return node.watched.get();
        }

        @Override
        public void lose() {
            node.lose();
        }

        @Override
        public void find() {
            node.find();
        }

        @Override
        public void close() {
            // There is nothing to close.
        }
    }

    @Override
    public HandSetClock clock() {
        return clock;
    }

    @Override
    public Seat seat(String person, int outputs) {
        TestNetwork.Node node = network.node(person);
        node.maxOutputs = outputs;
        return new PlainSeat(node);
    }

    @Override
    public void pass(Duration time) {
        clock.pass(time);
    }

    @Override
    public void deliver() {
        // Nodes report at once.
    }

    @Override
    public void mine() {
        network.mine();
    }

    @Override
    public void mineOlder(int which) {
        List<byte[]> waiting = network.waiting();
        if (waiting.isEmpty()) {
            return;
        }
        byte[] current = waiting.get(which % waiting.size());
        List<byte[]> versions = network.broadcasts().stream()
                .filter(raw -> TestNetwork.input(raw).equals(TestNetwork.input(current)))
                .toList();
        byte[] mined = versions.get(which % versions.size());
        network.mine(TransactionScanner.id(mined), mined);
    }

    @Override
    public void reorganise(int blocks, boolean keep) {
        int gone = Math.min(blocks, network.height());
        if (gone > 0) {
            network.disconnect(gone, keep);
            // The other branch is longer.
            byte[] stranger = network.transaction(List.of());
            network.mine(TransactionScanner.id(stranger), stranger);
            network.mine(gone);
        }
    }

    @Override
    public void evictAll() {
        network.evictAll();
    }

    @Override
    public List<byte[]> handed() {
        return network.handed().stream().map(TestNetwork.Handed::raw).toList();
    }

    @Override
    public long paid(Collection<Seat> seats) {
        Set<TxId> own = new HashSet<>();
        seats.forEach(seat -> ((PlainSeat) seat).node().signed.forEach(signed -> own.add(signed.id())));
        return network.inBlocks().stream()
                .map(TransactionScanner::id)
                .distinct()
                .filter(own::contains)
                .mapToLong(id -> network.paid(id).fee())
                .sum();
    }
}
