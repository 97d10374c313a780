package org.partyline.doctor;

import java.util.ArrayList;
import java.util.List;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Trust;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Finding;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.store.Store;

/** Checks for contacts that are not verified. */
final class ContactsCheck implements HealthCheck {
    private static final int MOST_NAMED = 3;

    private final DoctorSources sources;

    ContactsCheck(DoctorSources sources) {
        this.sources = sources;
    }

    @Override
    public String name() {
        return "contacts";
    }

    @Override
    public List<Finding> examine() throws PartylineException {
        if (sources.need(Vault.class).state() != Store.State.OPEN) {
            return List.of();
        }
        List<Contact> contacts = sources.need(Contacts.class).listAll();
        List<Finding> all = new ArrayList<>();
        List<String> rotated = names(contacts, Trust.ROTATED);
        if (!rotated.isEmpty()) {
            all.add(Finding.unsafe(
                    name(),
                    some(rotated) + ": new keys, and someone else may know the old ones",
                    "partyline:contact-verify " + rotated.get(0)));
        }
        List<String> unverified = names(contacts, Trust.UNVERIFIED);
        if (!unverified.isEmpty()) {
            all.add(Finding.warning(
                    name(),
                    some(unverified) + ": not verified, so messages may be intercepted",
                    "partyline:contact-verify " + unverified.get(0)));
        }
        List<String> sharing = contacts.stream()
                .filter(contact -> !contact.sharing().isEmpty())
                .map(Contact::name)
                .toList();
        if (!sharing.isEmpty()) {
            all.add(Finding.unsafe(
                    name(),
                    some(sharing) + ": their cards show the same key, which only one of them can own",
                    "partyline:contact-verify " + sharing.get(0)));
        }
        if (all.isEmpty()) {
            all.add(Finding.ok(name(), "every contact is verified"));
        }
        all.addAll(sessions(contacts));
        return all;
    }

    /** The sessions that a future quantum computer could read from a present recording. */
    private List<Finding> sessions(List<Contact> contacts) {
        List<Contact> open = contacts.stream()
                .filter(contact -> contact.session() == Sessions.State.OPEN
                        && contact.protection().since().isEmpty())
                .toList();
        List<String> held = open.stream()
                .filter(Contact::requiresPostQuantum)
                .map(Contact::name)
                .toList();
        List<String> rest = open.stream()
                .filter(contact -> !contact.requiresPostQuantum())
                .map(Contact::name)
                .toList();
        List<Finding> all = new ArrayList<>();
        if (!held.isEmpty()) {
            all.add(Finding.warning(
                    name(),
                    some(held) + ": messages are on hold until the session is protected against quantum computers",
                    "partyline:session-protect " + held.get(0)));
        }
        if (!rest.isEmpty()) {
            all.add(Finding.ok(
                    name(),
                    some(rest) + ": the session is not protected against quantum computers"
                            + " (partyline:session-protect, or cover traffic on both sides)"));
        }
        return all;
    }

    private static List<String> names(List<Contact> contacts, Trust trust) {
        return contacts.stream()
                .filter(contact -> contact.trust() == trust)
                .map(Contact::name)
                .toList();
    }

    private static String some(List<String> names) {
        String shown = String.join(", ", names.stream().limit(MOST_NAMED).toList());
        return shown + (names.size() > MOST_NAMED ? " and " + (names.size() - MOST_NAMED) + " more" : "");
    }
}
