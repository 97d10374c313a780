package org.partyline.consoleline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The users' tasks with the commands for each, in order, and an example of each. */
public final class Tasks {
    /** All tasks, in the order in which they usually arise. */
    public static final List<Task> ALL = List.of(
            task("begin", "Get started", """
                    setup
                    tour
                    demo
                    status
                    version
                    """),
            task("talk", "Talk", """
                    chat lobby
                    say Hello, it's me
                    send --to bob --ttl 15m --burn "The door code is 4711"
                    messages --follow
                    events --follow
                    read 6
                    conversation-list --unread
                    search door code
                    react 12 +
                    edit 12 "See you at ten"
                    draft --contact bob
                    mute lobby
                    mark-read lobby
                    outbox --all
                    cancel 4
                    recall 8
                    resend bob
                    forget 12
                    inspect TXID
                    """),
            task("invite", "Add people to a channel", """
                    channel-create lobby
                    channel-invite lobby
                    channel-join INVITE
                    channel-list
                    channel-who lobby
                    channel-set lobby --carrier rolling
                    channel-leave lobby
                    """),
            task("people", "Talk to one person", """
                    persona-card
                    contact-add CARD
                    contact-verify bob
                    contact-list
                    contact-rename bob "Bob from work"
                    contact-set bob --account apart
                    receipts cover
                    contact-remove bob
                    session-open bob
                    session-list
                    session-protect bob
                    session-close bob
                    """),
            task("self", "Use another persona", """
                    persona-create work
                    persona-use work
                    persona-list
                    persona-rotate work
                    persona-delete work
                    """),
            task("pay", "Pay", """
                    wallet-status --coins
                    wallet-address
                    wallet-create --network signet
                    wallet-restore --network signet
                    wallet-words
                    wallet-rescan --wait
                    wallet-label ADDRESS "From the exchange"
                    fee-status
                    fee-limit --message 2000sat --day 50000sat
                    """),
            task("hide", "Improve privacy", """
                    privacy maximum
                    decoy-start --every 5m --budget 10000sat
                    decoy-status
                    decoy-stop
                    suite-list
                    suite-prefer AES_256_GCM
                    suite-allow AES_256_GCM
                    suite-deny AES_256_GCM
                    """),
            task("connect", "Connect to Bitcoin", """
                    node-add core --type rpc --wallet partyline
                    node-list
                    node-status core
                    node-pause core
                    node-resume core
                    node-remove core
                    """),
            task("keep", "Keep it running", """
                    unlock
                    lock
                    doctor
                    config default-ttl 2h
                    log vault debug
                    audit --last 50
                    backup-export alice.backup
                    backup-import alice.backup
                    restore-takeover
                    passphrase-change
                    secrets-status
                    secrets-move file
                    """),
            task("program", "Use a browser or the API", """
                    web-start
                    web-login --qr
                    web-devices
                    web-logout --all
                    token-create alerts --scope send --conversation lobby
                    token-list
                    token-revoke alerts
                    hook-add alert --run /usr/local/bin/alert
                    hook-list
                    hook-redeliver alert
                    hook-remove alert
                    web-stop
                    """),
            task("worst", "In an emergency", """
                    panic
                    shred conversation bob
                    persona-rotate --compromised
                    duress-set
                    duress-remove
                    """));

    private Tasks() {}

    /**
     * A task.
     *
     * @param name as it is typed after {@code help}
     * @param title for display
     * @param examples by command name: how each is typed
     */
    public record Task(String name, String title, Map<String, String> examples) {}

    private static Task task(String name, String title, String lines) {
        Map<String, String> examples = new LinkedHashMap<>();
        lines.lines().forEach(line -> examples.put(line.split(" ", 2)[0], line));
        return new Task(name, title, examples);
    }
}
