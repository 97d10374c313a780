package org.partyline.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.CarriedMessage;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.CarrierContext;
import org.partyline.api.carrier.CarrierNode;
import org.partyline.api.carrier.PacketRef;
import org.partyline.api.carrier.RecallTally;
import org.partyline.api.carrier.SharedTransaction;
import org.partyline.testkit.messaging.PlainCarrier;

/** A carrier with all packets in one transaction; each of them waits for its next version, and for nothing else. */
final class SharedCarrier extends PlainCarrier {
    static final String ID = "shared";

    private final List<SharedTransaction.Cargo> cargo = new ArrayList<>();
    private int version;

    SharedCarrier() {
        super(ID);
    }

    private static byte[] key(int version) {
        return new byte[] {1, (byte) version};
    }

    @Override
    public Carrier open(CarrierContext with) {
        context = with;
        return new Each(with) {
            @Override
            public boolean isShared() {
                return true;
            }

            private void next(CarriedMessage message, List<SharedTransaction.Cargo> all, Set<PacketRef> boarding)
                    throws PartylineException {
                with.payments()
                        .sign(
                                new SharedTransaction(
                                        message.persona(),
                                        message.network(),
                                        key(version + 1),
                                        version == 0 ? Optional.empty() : Optional.of(key(version)),
                                        all,
                                        boarding,
                                        boarding.isEmpty(),
                                        (fee, vsize) -> {},
                                        with.propagation().ready(message.network())),
                                (tx, signed) -> new byte[] {1});
                version++;
                cargo.clear();
                cargo.addAll(all);
                with.broadcasts().hand(key(version), with.propagation().ready(message.network()), tx -> new byte[] {1});
            }

            @Override
            public void recall(CarriedMessage message, List<CarrierNode> nodes, RecallTally tally)
                    throws PartylineException {
                next(
                        message,
                        cargo.stream()
                                .filter(one -> one.packet().message() != message.id())
                                .toList(),
                        Set.of());
                tally.replaced(0);
            }

            @Override
            public boolean isOnTheAir(CarriedMessage message) {
                return cargo.stream().anyMatch(one -> one.packet().message() == message.id());
            }

            @Override
            public void dispatch(CarriedMessage message, int index, List<CarrierNode> nodes) throws PartylineException {
                List<SharedTransaction.Cargo> all = new ArrayList<>(cargo);
                all.add(new SharedTransaction.Cargo(
                        message.ref(index), message.packets().get(index).bytes()));
                next(message, all, Set.of(message.ref(index)));
            }
        };
    }
}
