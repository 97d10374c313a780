package org.partyline.messaging.sealing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.api.packet.PlannedPacket;

/**
 * The plan for sending a message: its packets, carrier and price.
 *
 * @param sizes the sizes of its packets, in bytes; empty if they are known only after sealing
 * @param opens whether the first of them opens a chain
 * @param later its plan if the chain that it would use ends while it waits; empty if it does not use a running chain
 */
public record SendPlan(List<Integer> sizes, boolean opens, Optional<SendPlan> later) {
    /** The service that splits it into packets is unavailable. */
    public static final SendPlan UNKNOWN = new SendPlan(List.of(), false);

    /** A plan that does not change while the message waits. */
    public SendPlan(List<Integer> sizes, boolean opens) {
        this(sizes, opens, Optional.empty());
    }

    public static SendPlan of(List<PlannedPacket> plan) {
        return new SendPlan(plan.stream().map(PlannedPacket::bucket).toList(), false);
    }

    public int packets() {
        return sizes.size();
    }

    public int bytes() {
        return sizes.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns a copy with a packet before it that opens a chain. */
    public SendPlan after(int opener) {
        List<Integer> all = new ArrayList<>(sizes);
        all.add(0, opener);
        return new SendPlan(List.copyOf(all), true);
    }

    /** Returns a copy with the plan for another chain. */
    public SendPlan or(SendPlan onAnother) {
        return new SendPlan(sizes, opens, Optional.of(onAnother));
    }
}
