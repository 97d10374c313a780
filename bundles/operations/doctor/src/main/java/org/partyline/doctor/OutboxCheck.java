package org.partyline.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.QueueEntry;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Checks for messages that wait for unusual reasons. */
final class OutboxCheck implements HealthCheck {
    /**
     * The beginnings of the engine's reasons that are no problem: delays, cover traffic, a coming version, a node that
     * sends privately. The outbox shows them.
     */
    private static final List<String> USUAL = List.of(
            "it leaves at ",
            "it is sent with ",
            "it waits until another node shows the last version ",
            "it waits for message ",
            "sent privately to ");

    private final DoctorSources sources;

    OutboxCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "outbox";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        // A hundred messages that wait for the same reason are one finding.
        Map<String, List<Long>> waiting = new LinkedHashMap<>();
        for (QueueEntry message : sources.need(Messages.class).queue()) {
            if (!message.state().isSettled() && !message.reason().isEmpty() && !isUsual(message.reason())) {
                waiting.computeIfAbsent(message.state().word() + ": " + message.reason(), none -> new ArrayList<>())
                        .add(message.id());
            }
        }
        List<Finding> all = new ArrayList<>();
        waiting.forEach((why, messages) -> all.add(Finding.warning(
                name(),
                messages.size() == 1
                        ? "message " + messages.get(0) + " is " + why
                        : messages.size() + " messages are " + why,
                "partyline:outbox")));
        return all.isEmpty() ? List.of(Finding.ok(name(), "no message waits for an unusual reason")) : all;
    }

    private static boolean isUsual(String reason) {
        return USUAL.stream().anyMatch(reason::startsWith);
    }
}
