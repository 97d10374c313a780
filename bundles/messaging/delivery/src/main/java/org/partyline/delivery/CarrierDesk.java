package org.partyline.delivery;

import java.util.function.BiPredicate;
import org.partyline.api.Network;
import org.partyline.engine.fees.Pricing;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.mailbox.Outbox;

/**
 * What the kernel's classes do for carriers.
 *
 * @param covered whether a persona's packets on a network leave in slots of cover traffic
 * @param sizes how large packets will be that are not sealed yet
 */
public record CarrierDesk(
        Core core,
        Outbox outbox,
        KeptTransactions kept,
        Pricing fees,
        PacketPayment payment,
        SharedPayment sharedPayment,
        Broadcaster broadcaster,
        SharedBroadcaster sharedBroadcaster,
        PacketReplacement replacement,
        CarrierPropagation propagation,
        BiPredicate<Integer, Network> covered,
        LikelySizes sizes) {}
