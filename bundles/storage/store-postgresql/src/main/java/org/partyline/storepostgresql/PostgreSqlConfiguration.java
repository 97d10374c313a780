package org.partyline.storepostgresql;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.partyline.api.config.Setting;

/** What an operator can set in {@code etc/org.partyline.store.postgresql.cfg}. {@link PostgreSqlSettings} checks it. */
@ObjectClassDefinition(
        id = PostgreSqlSettings.PID,
        name = "Mempool Partyline: PostgreSQL",
        description = "The PostgreSQL database that this server shares with its standby. Read when the server starts.")
@interface PostgreSqlConfiguration {
    @AttributeDefinition(
            description = "The database, without parameters. Empty: H2 in the server's home, and no standby.",
            required = false)
    @Setting(
            unit = "address",
            range = "jdbc:postgresql://HOST[:PORT]/DATABASE, or nothing",
            effect = "at the next start")
    String url() default "";

    @AttributeDefinition(description = "PostgreSQL's user.", required = false)
    @Setting(range = "1 to 63 letters, digits, _ and -", effect = "at the next start")
    String user() default "partyline";

    @AttributeDefinition(
            description = "File of mode 0600 with the user's password in one line; relative to the directory etc.",
            required = false)
    @Setting(unit = "file", range = "a path", effect = "at the next start")
    String password$_$file() default "postgresql.password";

    @AttributeDefinition(
            description = "File with the certificates (PEM) that verify the database server; relative to the directory "
                    + "etc. Empty: Java's own.",
            required = false)
    @Setting(unit = "file", range = "a path, or nothing", effect = "at the next start")
    String root$_$certificates() default "";

    @AttributeDefinition(
            description = "This server's name, shown to others when it leads. Empty: its host name.",
            required = false)
    @Setting(range = "1 to 60 letters, digits, ., _ and -, or nothing", effect = "at the next start")
    String name() default "";
}
