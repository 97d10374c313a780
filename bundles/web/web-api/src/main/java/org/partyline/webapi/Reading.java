package org.partyline.webapi;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Conversations.Place;
import org.partyline.api.engine.Conversations.Search;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.json.ContactView;
import org.partyline.api.json.ConversationView;
import org.partyline.api.json.Json;
import org.partyline.api.json.MessageView;
import org.partyline.api.json.OutgoingView;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/**
 * Handles a reader's requests: marks messages as read, searches, shows burn messages, and shows the state of a message
 * and its contact.
 */
final class Reading {
    /** The maximum number of messages that a search returns, the newest first. */
    private static final int MOST = 50;

    private final ApiServices services;

    Reading(ApiServices services) {
        this.services = services;
    }

    /** The body of a request to mark a conversation as read. */
    record UpTo(@Nullable Long upTo) {}

    /** The body of a search, since proxies and browsers store URLs. */
    record Wanted(@Nullable String words) {
        /** Does not show the words. */
        @Override
        public String toString() {
            return "Wanted";
        }
    }

    /** As {@code search --json} prints it. */
    record Found(List<MessageView> messages) {}

    /** As {@code contact-verify --json} prints it. */
    record Known(String safetyNumber, @Nullable Boolean same, ContactView contact) {}

    WebResponse mark(WebRequest request, Conversation conversation) throws PartylineException {
        Long upTo = Body.read(request, UpTo.class).upTo();
        if (upTo == null || upTo < 0) {
            throw Body.wrong("the body has no up_to: send the number of the last message that was read");
        }
        Conversations conversations = services.conversations();
        requireFree(request, conversation.place());
        conversations.read(conversation.place(), upTo);
        return WebResponse.json(200, Json.write(ConversationView.of(conversations.get(conversation.place()))));
    }

    WebResponse search(WebRequest request) throws PartylineException {
        String words = Body.read(request, Wanted.class).words();
        if (words == null || words.isBlank()) {
            throw Body.wrong("the body has no words: send those to look for");
        }
        return WebResponse.json(
                200,
                Json.write(
                        new Found(services
                                .conversations()
                                .search(new Search(
                                        words,
                                        Optional.empty(),
                                        request.caller().seen(),
                                        MOST))
                                .stream()
                                .map(MessageView::of)
                                .toList())));
    }

    /** Erases a burn message, since it is shown here once. */
    WebResponse show(WebRequest request) throws PartylineException {
        Message message = covered(services, request);
        requireFree(request, new Place(Optional.of(message.persona()), message.direct(), message.channel()));
        return WebResponse.json(
                200, Json.write(MessageView.of(services.messages().read(message.id()))));
    }

    /** A read receipt that this server pays for is not in the price of any message of the token. */
    private void requireFree(WebRequest request, Place place) throws PartylineException {
        if (request.caller().dailySat().isPresent() && services.conversations().paysForReading(place)) {
            TokenLimits.requireUnlimited(request, "mark messages as read while read receipts are paid for");
        }
    }

    WebResponse outgoing(WebRequest request) throws PartylineException {
        OutgoingView view = OutgoingView.of(coveredOutgoing(services, request));
        return WebResponse.json(
                200, Json.write(TokenLimits.seesServer(request.caller()) ? view : view.withoutServer()));
    }

    WebResponse contact(Conversation conversation) throws PartylineException {
        if (!conversation.direct()) {
            throw new WebProblem(404, "Not found", "this conversation is a channel, not a contact");
        }
        Contacts contacts = services.contacts();
        Optional<String> persona = Optional.of(conversation.persona());
        String number = contacts.safetyNumber(persona, conversation.name());
        return WebResponse.json(
                200, Json.write(new Known(number, null, ContactView.of(contacts.get(persona, conversation.name())))));
    }

    /** The message named in the path, if the caller has access to it. */
    static Message covered(ApiServices services, WebRequest request) throws PartylineException {
        Conversations conversations = services.conversations();
        Message message = known(request, () -> conversations.message(number(request)));
        requireCovered(request, message.persona(), message.direct(), message.channel());
        return message;
    }

    /** The outgoing message named in the path, if the caller has access to it. */
    static Outgoing coveredOutgoing(ApiServices services, WebRequest request) throws PartylineException {
        Messages messages = services.messages();
        Outgoing outgoing = known(request, () -> messages.outgoing(number(request)));
        requireCovered(request, outgoing.persona(), outgoing.direct(), outgoing.channel());
        return outgoing;
    }

    /** A look for a message. */
    @FunctionalInterface
    private interface Lookup<T> {
        T find() throws PartylineException;
    }

    /** A limited token does not learn whether a message of another conversation exists. */
    private static <T> T known(WebRequest request, Lookup<T> lookup) throws PartylineException {
        try {
            return lookup.find();
        } catch (NoSuchThingException e) {
            throw request.caller().isLimited() ? notCovered() : e;
        }
    }

    private static void requireCovered(WebRequest request, String persona, boolean direct, String name)
            throws WebProblem {
        if (!request.caller().covers(persona, direct, name)) {
            throw notCovered();
        }
    }

    private static WebProblem notCovered() {
        return new WebProblem(404, "Not found", "there is no such message, or this token does not cover it");
    }

    private static long number(WebRequest request) throws WebProblem {
        try {
            return Long.parseLong(request.path().getOrDefault("id", ""));
        } catch (NumberFormatException e) {
            throw new WebProblem(404, "Not found", "give the number of a message");
        }
    }
}
