package org.partyline.webapi;

import static org.osgi.service.component.annotations.ReferenceCardinality.OPTIONAL;
import static org.osgi.service.component.annotations.ReferencePolicy.DYNAMIC;
import static org.osgi.service.component.annotations.ReferencePolicyOption.GREEDY;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.QrCodes;
import org.partyline.api.engine.ServerStatus;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.Doctor;
import org.partyline.api.store.Store;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebProblem;

/** Offers the API to the web server. */
@Component(service = WebHandler.class)
public final class ApiService implements WebHandler, ApiServices {
    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Messages messages;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Conversations conversations;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Contacts contacts;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Channels channels;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Events events;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Store store;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile ServerStatus status;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Vault vault;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Doctor doctor;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Nodes nodes;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Personas personas;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Fees fees;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Wallets wallets;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Suites suites;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile QrCodes qrCodes;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile Cover cover;

    @Reference(cardinality = OPTIONAL, policy = DYNAMIC, policyOption = GREEDY)
    private volatile LocalWallets localWallets;

    private final Api api = new Api(this, Clock.systemUTC(), new SecureRandom());

    /** For Declarative Services. */
    public ApiService() {}

    @Override
    public List<Route> routes() {
        return api.routes();
    }

    @Override
    public Personas personas() throws WebProblem {
        return here(personas, "persona");
    }

    @Override
    public Fees fees() throws WebProblem {
        return here(fees, "fee");
    }

    @Override
    public Wallets wallets() throws WebProblem {
        return here(wallets, "wallet");
    }

    @Override
    public Suites suites() throws WebProblem {
        return here(suites, "suite");
    }

    @Override
    public QrCodes qrCodes() throws WebProblem {
        return here(qrCodes, "QR code");
    }

    @Override
    public Optional<Cover> cover() {
        return Optional.ofNullable(cover);
    }

    @Override
    public Optional<LocalWallets> localWallets() {
        return Optional.ofNullable(localWallets);
    }

    @Override
    public Messages messages() throws WebProblem {
        return here(messages, "message");
    }

    @Override
    public Conversations conversations() throws WebProblem {
        return here(conversations, "conversation");
    }

    @Override
    public Contacts contacts() throws WebProblem {
        return here(contacts, "contact");
    }

    @Override
    public Channels channels() throws WebProblem {
        return here(channels, "channel");
    }

    @Override
    public Events events() throws WebProblem {
        return here(events, "event");
    }

    @Override
    public Store store() throws WebProblem {
        return here(store, "store");
    }

    @Override
    public ServerStatus status() throws WebProblem {
        return here(status, "status");
    }

    @Override
    public Vault vault() throws WebProblem {
        return here(vault, "vault");
    }

    @Override
    public Nodes nodes() throws WebProblem {
        return here(nodes, "node");
    }

    @Override
    public Doctor doctor() throws WebProblem {
        return here(doctor, "doctor");
    }

    private static <T> T here(T service, String name) throws WebProblem {
        if (service == null) {
            throw new WebProblem(503, "Not available", "the " + name + " service is not running: try again shortly");
        }
        return service;
    }
}
