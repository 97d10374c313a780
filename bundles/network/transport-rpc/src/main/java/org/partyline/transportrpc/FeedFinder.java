package org.partyline.transportrpc;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the ZMQ feed named in the settings, or the one that a node on this computer reports. */
final class FeedFinder implements Watcher.FeedOpener {
    private static final Logger LOG = LoggerFactory.getLogger(FeedFinder.class);

    private final RpcClient client;
    private final RpcSettings settings;
    private final RpcDialer dialer;

    FeedFinder(RpcClient client, RpcSettings settings, RpcDialer dialer) {
        this.client = client;
        this.settings = settings;
        this.dialer = dialer;
    }

    @Override
    public Optional<NotificationFeed> open(Runnable wake) throws NodeProblem {
        String rawtx = settings.zmqRawtx();
        String sequence = settings.zmqSequence();
        if (settings.zmqAuto() && RpcSettings.loopback(settings.url().getHost())) {
            try {
                for (JsonNode one : client.call("getzmqnotifications")) {
                    String address = local(one.path("address").asText(""));
                    switch (one.path("type").asText("")) {
                        case "pubrawtx" -> rawtx = address;
                        case "pubsequence" -> sequence = address;
                        default -> {
                            // Another topic, which is not needed.
                        }
                    }
                }
            } catch (RpcException e) {
                LOG.debug("node {} does not report its ZMQ address: {}", settings.name(), e.getMessage());
            }
        }
        if (rawtx.isEmpty() && sequence.isEmpty()) {
            return Optional.empty();
        }
        LOG.info("node {}: ZMQ rawtx at {}, sequence at {}", settings.name(), shown(rawtx), shown(sequence));
        return Optional.of(new ZmqFeed(settings.name(), rawtx, sequence, dialer::zmq, wake));
    }

    private static String shown(String endpoint) {
        return endpoint.isEmpty() ? "none" : endpoint;
    }

    /** The address that the node binds to, as reachable from this computer; empty if it is not. */
    private static String local(String bound) {
        String address = bound.replace("tcp://0.0.0.0:", "tcp://127.0.0.1:").replace("tcp://*:", "tcp://127.0.0.1:");
        try {
            RpcConfiguration.endpoint(address);
            return !address.isEmpty()
                            && RpcSettings.loopback(URI.create(address).getHost())
                    ? address
                    : "";
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
