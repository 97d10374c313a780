package org.partyline.messages;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Messages.Inspection;
import org.partyline.api.engine.Messages.Use;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Packets;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.scan.PacketId;
import org.partyline.messaging.state.StateGuard;

/** Explains what a transaction or packet is, whoever created it. */
final class Inspections {
    private static final int TXID_DIGITS = 64;

    private final StateGuard guard;
    private final Clock clock;
    private final NodeDirectory nodes;
    private final Inspector inspector;

    Inspections(StateGuard guard, Clock clock, NodeDirectory nodes, Inspector inspector) {
        this.guard = guard;
        this.clock = clock;
        this.nodes = nodes;
        this.inspector = inspector;
    }

    List<Optional<Use>> uses(List<Nodes.Sighting> packets) throws PartylineException {
        return guard.<List<Optional<Use>>, PartylineException>look(() -> {
            List<Optional<Use>> uses = new ArrayList<>();
            for (Nodes.Sighting packet : packets) {
                uses.add(inspector.use(PacketId.of(packet.network().code(), packet.payload())));
            }
            return uses;
        });
    }

    List<Inspection> inspect(String txidOrHex) throws PartylineException {
        try (Inspector.Secrets secrets = inspector.new Secrets()) {
            return inspect(txidOrHex, secrets);
        }
    }

    private List<Inspection> inspect(String txidOrHex, Inspector.Secrets secrets) throws PartylineException {
        byte[] bytes;
        try {
            bytes = HexFormat.of().parseHex(txidOrHex.trim());
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(
                    "'" + shorten(txidOrHex) + "' is not hex: give a transaction id, a transaction or a packet");
        }
        if (txidOrHex.trim().length() == TXID_DIGITS) {
            Optional<Found> found = fetch(TxId.of(txidOrHex.trim().toLowerCase(Locale.ROOT)));
            if (found.isPresent()) {
                return inspectTransaction(
                        found.get().raw(), Optional.of(found.get().network()), secrets);
            }
            if (bytes[0] != Packets.VERSION) {
                throw new NoSuchThingException("no node knows transaction " + shorten(txidOrHex)
                        + ": it left the mempool, or its node has no transaction index");
            }
        }
        List<int[]> outputs = new ArrayList<>();
        boolean transaction = TransactionScanner.scan(bytes, (output, offset, length) -> outputs.add(new int[0]));
        if (transaction && !outputs.isEmpty()) {
            return inspectTransaction(bytes, Optional.empty(), secrets);
        }
        return List.of(inspectPayload(-1, bytes, Optional.empty(), secrets));
    }

    private static String shorten(String text) {
        return text.length() <= 24 ? text : text.substring(0, 24) + "…";
    }

    private record Found(byte[] raw, Network network) {}

    private Optional<Found> fetch(TxId id) {
        for (Transport node : nodes.inUse()) {
            try {
                Optional<byte[]> raw = node.fetch(id);
                if (raw.isPresent()) {
                    return Optional.of(new Found(raw.get(), node.network()));
                }
            } catch (NodeUnavailableException e) {
                // Ask the next node.
                continue;
            }
        }
        return Optional.empty();
    }

    private List<Inspection> inspectTransaction(byte[] raw, Optional<Network> network, Inspector.Secrets secrets)
            throws PartylineException {
        record Output(int index, byte[] payload) {}
        List<Output> outputs = new ArrayList<>();
        TransactionScanner.scan(
                raw,
                (output, offset, length) ->
                        outputs.add(new Output(output, java.util.Arrays.copyOfRange(raw, offset, offset + length))));
        if (outputs.isEmpty()) {
            return List.of(new Inspection(
                    -1,
                    0,
                    "no OP_RETURN output: this transaction carries nothing",
                    Optional.empty(),
                    Optional.empty()));
        }
        List<Inspection> all = new ArrayList<>();
        for (Output output : outputs) {
            all.add(inspectPayload(output.index(), output.payload(), network, secrets));
        }
        return all;
    }

    private Inspection inspectPayload(int output, byte[] payload, Optional<Network> network, Inspector.Secrets secrets)
            throws PartylineException {
        Inspector.Inspected best = null;
        for (Network candidateNetwork : network.map(List::of).orElse(List.of(Network.values()))) {
            Candidate candidate = new Candidate(
                    candidateNetwork.code(),
                    payload,
                    new byte[TxId.LENGTH],
                    null,
                    clock.instant().toEpochMilli(),
                    "");
            Inspector.Inspected inspected = inspect(candidate, secrets);
            // A result that involves a channel of ours says more than another network's result without one.
            if (best == null
                    || best.view() == null && inspected.view() != null
                    || best.channel() == null && inspected.channel() != null) {
                best = inspected;
            }
        }
        Inspector.Inspected said = Objects.requireNonNull(best, "there are no networks");
        return new Inspection(
                output,
                payload.length,
                said.verdict(),
                Optional.ofNullable(said.channel()),
                Optional.ofNullable(said.view()));
    }

    private Inspector.Inspected inspect(Candidate candidate, Inspector.Secrets secrets) throws PartylineException {
        while (true) {
            Optional<Inspector.Inspected> inspected = guard.<Optional<Inspector.Inspected>, PartylineException>open(
                    () -> inspector.inspect(candidate, secrets));
            if (inspected.isPresent()) {
                return inspected.get();
            }
            secrets.derive();
        }
    }
}
