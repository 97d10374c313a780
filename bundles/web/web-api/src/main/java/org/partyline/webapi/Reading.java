package org.partyline.webapi;

import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Conversations;
import org.partyline.api.engine.Conversations.Conversation;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Recalled;
import org.partyline.api.json.ContactView;
import org.partyline.api.json.ConversationView;
import org.partyline.api.json.Json;
import org.partyline.api.json.MessageView;
import org.partyline.api.json.OutgoingView;
import org.partyline.api.json.ReceiptView;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/**
 * Handles a reader's requests: marks messages as read, shows burn messages, reacts, and shows the state of a message
 * and its contact.
 */
final class Reading {
    private final ApiServices services;

    Reading(ApiServices services) {
        this.services = services;
    }

    /** The body of a request to mark a conversation as read. */
    record UpTo(Long upTo) {}

    /** The body of a reaction; an empty one removes the last reaction. */
    record Wish(String reaction) {}

    /** The body of an edit. */
    record Words(String text) {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Words";
        }
    }

    /** As {@code recall --json} prints it. */
    record Recall(OutgoingView message, int replaced, int mined, long feeSat) {}

    /** As {@code contact-verify --json} prints it. */
    record Known(String safetyNumber, Boolean same, ContactView contact) {}

    WebResponse mark(WebRequest request, Conversation conversation) throws PartylineException {
        Long upTo = Body.read(request, UpTo.class).upTo();
        if (upTo == null || upTo < 0) {
            throw Body.wrong("the body has no up_to: send the number of the last message that was read");
        }
        Conversations conversations = services.conversations();
        conversations.read(conversation.place(), upTo);
        return WebResponse.json(200, Json.write(ConversationView.of(conversations.get(conversation.place()))));
    }

    /** Erases a burn message, as it is shown here once. */
    WebResponse show(WebRequest request) throws PartylineException {
        long id = covered(request).id();
        return WebResponse.json(
                200, Json.write(MessageView.of(services.messages().read(id))));
    }

    WebResponse react(WebRequest request) throws PartylineException {
        String reaction = Body.read(request, Wish.class).reaction();
        if (reaction == null) {
            throw Body.wrong("the body has no reaction: send one, or an empty text to remove the last one");
        }
        TokenLimits.requireUnlimited(request, "react");
        long id = covered(request).id();
        return WebResponse.json(
                202, Json.write(ReceiptView.of(services.conversations().react(id, reaction), Optional.empty())));
    }

    WebResponse edit(WebRequest request) throws PartylineException {
        String text = Body.read(request, Words.class).text();
        if (text == null || text.isEmpty()) {
            throw Body.wrong("the body has no text: send a JSON object with the field text");
        }
        TokenLimits.requireUnlimited(request, "edit");
        long id = covered(request).id();
        return WebResponse.json(
                202, Json.write(ReceiptView.of(services.conversations().edit(id, text), Optional.empty())));
    }

    /** As far as that goes: what has not left is cancelled, what is unconfirmed is replaced. */
    WebResponse recall(WebRequest request) throws PartylineException {
        TokenLimits.requireUnlimited(request, "recall");
        Messages messages = services.messages();
        Outgoing outgoing = messages.outgoing(number(request));
        requireCovered(request, outgoing.persona(), outgoing.direct(), outgoing.channel());
        if (outgoing.state().isWaiting()) {
            return WebResponse.json(
                    200, Json.write(new Recall(OutgoingView.of(messages.cancel(outgoing.id())), 0, 0, 0)));
        }
        Recalled done = messages.recall(outgoing.id());
        return WebResponse.json(
                200,
                Json.write(new Recall(OutgoingView.of(done.outgoing()), done.replaced(), done.mined(), done.fee())));
    }

    WebResponse outgoing(WebRequest request) throws PartylineException {
        Outgoing outgoing = services.messages().outgoing(number(request));
        requireCovered(request, outgoing.persona(), outgoing.direct(), outgoing.channel());
        return WebResponse.json(200, Json.write(OutgoingView.of(outgoing)));
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
    private Message covered(WebRequest request) throws PartylineException {
        Message message = services.conversations().message(number(request));
        requireCovered(request, message.persona(), message.direct(), message.channel());
        return message;
    }

    private static void requireCovered(WebRequest request, String persona, boolean direct, String name)
            throws WebProblem {
        if (!request.caller().covers(Conversation.id(persona, direct, name))) {
            throw new WebProblem(404, "Not found", "there is no such message, or this token does not cover it");
        }
    }

    private static long number(WebRequest request) throws WebProblem {
        try {
            return Long.parseLong(request.path().get("id"));
        } catch (NumberFormatException e) {
            throw new WebProblem(404, "Not found", "give the number of a message");
        }
    }
}
