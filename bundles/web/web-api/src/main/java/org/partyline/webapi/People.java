package org.partyline.webapi;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.QrCodes;
import org.partyline.api.json.ContactView;
import org.partyline.api.json.Json;
import org.partyline.api.json.PersonaView;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebRequest;
import org.partyline.api.web.WebResponse;

/** Serves contacts, personas and their cards. */
final class People {
    private final ApiServices services;

    People(ApiServices services) {
        this.services = services;
    }

    /** As {@code persona-list --json} prints them. */
    record Personas(List<PersonaView> personas) {}

    /** As {@code persona-card --json} prints it. */
    record Card(String persona, String card) {}

    /** The contacts of all personas. */
    record Contacts(List<ContactView> contacts) {}

    /** The body of a request to add a contact; missing fields are null. */
    record NewContact(
            @Nullable String card,
            @Nullable String name,
            @Nullable String persona) {}

    /** The body of a request for a QR code. */
    record Text(@Nullable String text) {
        /** Does not show the text. */
        @Override
        public String toString() {
            return "Text";
        }
    }

    /** A QR code, with one digit for each module. */
    record Code(List<String> rows) {}

    /** The body of a request to read a QR code: a byte for each pixel, in Base64; missing fields are null. */
    record Picture(@Nullable Integer width, byte @Nullable [] grey) {
        /** Does not show the picture. */
        @Override
        public String toString() {
            return "Picture";
        }
    }

    /** The text of a QR code, or null. */
    record Seen(@Nullable String text) {}

    WebResponse contacts(WebRequest request) throws PartylineException {
        List<ContactView> covered = services.contacts().listAll().stream()
                .filter(one -> request.caller().covers(one.persona(), true, one.name()))
                .map(ContactView::of)
                .toList();
        return WebResponse.json(200, Json.write(new Contacts(covered)));
    }

    WebResponse add(WebRequest request) throws PartylineException {
        NewContact wanted = Body.read(request, NewContact.class);
        if (wanted.card() == null || wanted.card().isBlank()) {
            throw Body.wrong("the body has no card: send the text that persona-card shows");
        }
        Optional<String> persona = TokenLimits.persona(request, Optional.ofNullable(wanted.persona()), "a new contact");
        TokenLimits.requireUnlimited(request, "add contacts");
        Contact added = services.contacts()
                .add(
                        persona,
                        wanted.card().strip(),
                        Optional.ofNullable(wanted.name()).filter(name -> !name.isEmpty()));
        return WebResponse.json(200, Json.write(ContactView.of(added)));
    }

    WebResponse personas(WebRequest request) throws PartylineException {
        Optional<String> only = TokenLimits.persona(request, Optional.empty(), "the list of personas");
        return WebResponse.json(
                200,
                Json.write(new Personas(services.personas().list().stream()
                        .filter(one -> only.isEmpty() || only.get().equals(one.name()))
                        .map(PersonaView::of)
                        .toList())));
    }

    WebResponse card(WebRequest request) throws PartylineException {
        String name = request.path().getOrDefault("name", "");
        TokenLimits.persona(request, Optional.of(name), "a card");
        Optional<Network> network = Optional.empty();
        if (request.query().containsKey("network")) {
            network = Arrays.stream(Network.values())
                    .filter(one -> one.label().equals(request.query().get("network")))
                    .findFirst();
            if (network.isEmpty()) {
                throw new WebProblem(400, "Bad request", "network: there is no network of that name");
            }
        }
        return WebResponse.json(
                200, Json.write(new Card(name, services.personas().card(Optional.of(name), network))));
    }

    /** The text is in the body, since a URL would be logged. */
    WebResponse code(WebRequest request) throws PartylineException {
        String text = Body.read(request, Text.class).text();
        if (text == null || text.isEmpty() || text.length() > QrCodes.LONGEST) {
            throw Body.wrong("text: send 1 to " + QrCodes.LONGEST + " characters");
        }
        return WebResponse.json(200, Json.write(new Code(services.qrCodes().rows(text))));
    }

    /** For browsers that cannot do it themselves. */
    WebResponse readCode(WebRequest request) throws PartylineException {
        Picture picture = Body.read(request, Picture.class);
        byte[] grey = picture.grey();
        Integer width = picture.width();
        if (width == null || grey == null) {
            throw Body.wrong("the body has no picture: send its width, and a byte for each pixel as grey");
        }
        if (width < 1 || grey.length < 1 || grey.length > QrCodes.MOST_PIXELS || grey.length % width != 0) {
            throw Body.wrong("grey: send whole rows of as many pixels as width says, and at most " + QrCodes.MOST_PIXELS
                    + " pixels in all");
        }
        return WebResponse.json(
                200, Json.write(new Seen(services.qrCodes().read(grey, width).orElse(null))));
    }
}
