package org.partyline.webapi;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Channels.Join;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.json.ConversationView;
import org.partyline.api.json.Json;
import org.partyline.api.json.ParticipantView;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/** Serves the members and the invite of a channel, and joins channels. */
final class Memberships {
    private final ApiServices services;

    Memberships(ApiServices services) {
        this.services = services;
    }

    /** As {@code channel-who --json} prints them. */
    record Members(String channel, List<ParticipantView> participants) {}

    /** As {@code channel-invite --json} prints it. */
    record Invite(String channel, String invite) {}

    /** The body of a request to join a channel; missing fields are null. */
    record Wish(
            @Nullable String invite,
            char @Nullable [] passphrase,
            @Nullable String persona) {
        /** Does not show the passphrase. */
        @Override
        public String toString() {
            return "Wish";
        }
    }

    private static Conversation channel(Conversation conversation) throws WebProblem {
        if (conversation.direct()) {
            throw new WebProblem(404, "Not found", "this conversation is a contact, not a channel");
        }
        return conversation;
    }

    WebResponse members(Conversation conversation) throws PartylineException {
        return WebResponse.json(
                200,
                Json.write(new Members(
                        conversation.name(),
                        services
                                .conversations()
                                .participants(channel(conversation).place())
                                .stream()
                                .map(ParticipantView::of)
                                .toList())));
    }

    WebResponse invite(Conversation conversation) throws PartylineException {
        Optional<String> persona = Optional.of(channel(conversation).persona());
        return WebResponse.json(
                200,
                Json.write(new Invite(conversation.name(), services.channels().invite(persona, conversation.name()))));
    }

    /** Only by an invite, which contains the parameters of the key derivation. */
    WebResponse join(WebRequest request) throws PartylineException {
        try {
            return join(request, Body.read(request, Wish.class));
        } finally {
            Arrays.fill(request.body(), (byte) 0);
        }
    }

    private WebResponse join(WebRequest request, Wish wish) throws PartylineException {
        try {
            if (wish.invite() == null || !wish.invite().strip().startsWith("plchan1")) {
                throw Body.wrong("the body has no invite: send the text that channel-invite shows");
            }
            if (wish.passphrase() == null || wish.passphrase().length == 0) {
                throw Body.wrong("the body has no passphrase: send that of the channel");
            }
            Optional<String> persona =
                    TokenLimits.persona(request, Optional.ofNullable(wish.persona()), "joining a channel");
            Channels channels = services.channels();
            Join join = new Join(persona, wish.invite().strip(), Mode.RATCHET, Optional.empty(), Optional.empty());
            if (channels.terms(join).isWeakerThanDefault()) {
                throw new WebProblem(
                        422,
                        "Refused",
                        "the channel's key derivation is weaker than the default, so its passphrase is cheaper to "
                                + "guess: ask for another channel, or join in the console");
            }
            Channel joined = channels.join(join, wish.passphrase());
            return WebResponse.json(
                    200,
                    Json.write(ConversationView.of(services.conversations()
                            .get(new Place(Optional.of(joined.persona()), false, joined.name())))));
        } finally {
            if (wish.passphrase() != null) {
                Arrays.fill(wish.passphrase(), '\0');
            }
        }
    }
}
