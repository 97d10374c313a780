package org.partyline.webapi;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages.Use;
import org.partyline.api.engine.Nodes.Sighting;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.json.CoverView;
import org.partyline.api.json.FeeView;
import org.partyline.api.json.FindingView;
import org.partyline.api.json.Json;
import org.partyline.api.json.JsonValues;
import org.partyline.api.json.LimitsView;
import org.partyline.api.json.NodeView;
import org.partyline.api.json.SuiteView;
import org.partyline.api.store.Store;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/** Serves the server's state to an operator, and locks the store. */
final class Server {
    private final ApiServices services;

    Server(ApiServices services) {
        this.services = services;
    }

    /** As {@code fee-status --json} prints them. */
    record FeeStatus(
            List<FeeView> fees,
            @Nullable LimitsView limits,
            @Nullable List<CoverView> cover) {}

    /** As {@code node-list --json} prints them. */
    record NodeList(List<NodeView> nodes) {}

    /** As {@code suite-list --json} prints them. */
    record SuiteList(List<SuiteView> suites) {}

    /** As {@code doctor --json} prints it. */
    record Findings(long unsafe, long warnings, List<FindingView> findings) {}

    /** A packet that the nodes reported. @param use what it is to this server, or null */
    record Packet(
            String network,
            String transaction,
            int bytes,
            String start,
            boolean inBlock,
            String seen,
            @Nullable String use) {
        /** The bytes of version and locator (PROTOCOL section 2). */
        private static final int START = 9;

        static Packet of(Sighting sighting, Optional<Use> use) {
            byte[] payload = sighting.payload();
            return new Packet(
                    sighting.network().label(),
                    sighting.transaction().toString(),
                    payload.length,
                    HexFormat.of().formatHex(payload, 0, Math.min(START, payload.length)),
                    sighting.inBlock(),
                    JsonValues.iso(sighting.seen()),
                    use.map(Use::word).orElse(null));
        }
    }

    /** Packets, the newest first. */
    record Mempool(List<Packet> packets) {}

    WebResponse fees(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "what may be spent");
        Fees fees = services.fees();
        Optional<Cover> cover = services.cover();
        List<FeeView> rates = fees.status().stream().map(FeeView::of).toList();
        boolean open = services.vault().state() == Store.State.OPEN;
        return WebResponse.json(
                200,
                Json.write(new FeeStatus(
                        rates,
                        open ? LimitsView.of(fees.limits()) : null,
                        open && cover.isPresent()
                                ? cover.get().status().stream()
                                        .map(CoverView::of)
                                        .toList()
                                : null)));
    }

    WebResponse mempool(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "what this server sent");
        List<Sighting> seen = services.nodes().sightings();
        List<Optional<Use>> uses = services.messages().uses(seen);
        return WebResponse.json(
                200,
                Json.write(new Mempool(IntStream.range(0, seen.size())
                        .mapToObj(i -> Packet.of(seen.get(i), uses.get(i)))
                        .toList())));
    }

    WebResponse nodes(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "the list of nodes");
        return WebResponse.json(
                200,
                Json.write(new NodeList(
                        services.nodes().list().stream().map(NodeView::of).toList())));
    }

    WebResponse doctor(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "the checks");
        List<Finding> findings = services.doctor().examine();
        Doctor.Look look = Doctor.Look.of(Instant.EPOCH, findings);
        return WebResponse.json(
                200,
                Json.write(new Findings(
                        look.unsafe(),
                        look.warnings(),
                        findings.stream().map(FindingView::of).toList())));
    }

    WebResponse suites(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "the list of algorithms");
        return WebResponse.json(
                200,
                Json.write(new SuiteList(
                        services.suites().list().stream().map(SuiteView::of).toList())));
    }

    /** Ends every browser session and every stream. */
    WebResponse lock(WebRequest request) throws PartylineException {
        TokenLimits.requireWhole(request, "a lock");
        services.vault().lock();
        return WebResponse.json(200, "{\"store\":\"locked\"}");
    }
}
