/** `clawback/README.txt` of every snapshot: how to get everything back if Clawback is not at hand. */
export const README = `This is a Clawback snapshot of an OpenClaw installation.

With Clawback:

    clawback restore --from <storage URL> --identity <identity file> --target <new state directory>

Without it, using age, zstd and tar alone:

    age -d -i <identity file> <snapshot>.full.tar.zst.age | zstd -d | tar -x -p

If clawback/apply.sh is there, this is a differential snapshot: it holds what has changed since a full one, and its first lines say
how to put the two together.

Then

    payload/state/                 is the state directory (usually ~/.openclaw)
    payload/<other roots>/         is what the configuration points to outside it
    clawback/manifest.json         says which root belongs where ("roots"), and everything else that is known
    clawback/environment.env       has the variables that lived outside it; append its lines to <state directory>/.env
    clawback/files.jsonl           has the SHA-256 of every file

Stop the Gateway first, keep the old directory, and put the new one at the same absolute path: OpenClaw's cron jobs are
bound to it. Before the first start, clear what belonged to the old process:

    sqlite3 <state directory>/state/openclaw.sqlite \\
      'DELETE FROM state_leases; DELETE FROM agent_database_leases; DELETE FROM delivery_queue_entries;'
`;
