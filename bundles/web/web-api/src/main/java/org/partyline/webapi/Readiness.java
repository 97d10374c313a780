package org.partyline.webapi;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.health.Finding;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebResponse;

/**
 * Checks whether messages can be sent and received now: the store is open, a node is usable, and the store can be
 * written. Anyone may ask, so the doctor runs only from time to time.
 */
final class Readiness {
    private static final Duration HOLDS = Duration.ofSeconds(10);
    private static final String DISK = "disk";

    private final ApiServices services;
    private final Clock clock;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile List<Finding> findings = List.of();
    private volatile Optional<Instant> looked = Optional.empty();

    Readiness(ApiServices services, Clock clock) {
        this.services = services;
        this.clock = clock;
    }

    /** @throws WebProblem 503 with the reason */
    WebResponse answer() throws PartylineException {
        switch (services.vault().state()) {
            case NEW -> throw notReady("there is no store yet: run partyline:setup");
            case LOCKED -> throw notReady("the store is locked: open it with partyline:unlock");
            case OPEN -> {}
        }
        if (services.nodes().list().stream().noneMatch(Readiness::isUsed)) {
            throw notReady("no node can be used now, so nothing is sent or received: see partyline:node-list");
        }
        for (Finding finding : look()) {
            if (finding.check().equals(DISK) && finding.verdict() == Finding.Verdict.UNSAFE) {
                // Anyone may ask, through an onion service anyone in the world: the finding names the server's home.
                throw notReady("the disk is nearly full, or nothing can be written to it: see partyline:doctor");
            }
        }
        return WebResponse.json(200, "{\"status\":\"ready\"}");
    }

    private static boolean isUsed(Nodes.Node node) {
        return !node.paused() && node.quarantine().isEmpty() && node.status().state() == NodeStatus.State.READY;
    }

    private static WebProblem notReady(String why) {
        return new WebProblem(503, "Not ready", why);
    }

    private List<Finding> look() throws PartylineException {
        // The doctor may hang, on a disk for example: waiting for it would occupy all threads of the web server.
        if (!looking.tryLock()) {
            if (looked.isEmpty()) {
                throw notReady("the first check is still running: ask again");
            }
            return findings;
        }
        try {
            Instant now = clock.instant();
            // In both directions, since the clock may have been set back.
            if (looked.isEmpty() || Duration.between(looked.get(), now).abs().compareTo(HOLDS) >= 0) {
                findings = services.doctor().examine();
                looked = Optional.of(now);
            }
            return findings;
        } finally {
            looking.unlock();
        }
    }
}
