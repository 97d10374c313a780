/** What an operator can do: the services behind the console. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.partyline.api.engine;
